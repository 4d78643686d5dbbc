package dev.andiron.server.interaction.operation;

import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.OperationOutcome;
import dev.andiron.fhir.search.ParsedSearch;
import dev.andiron.fhir.search.QueryParameter;
import dev.andiron.server.interaction.BundleContent;
import dev.andiron.server.interaction.BundleContent.Link;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.Parameters;
import dev.andiron.server.interaction.ResultParameters;
import dev.andiron.server.interaction.Services;
import dev.andiron.server.interaction.search.MatchPage;
import dev.andiron.server.interaction.search.SearchEntry;
import dev.andiron.server.operation.Operation;
import dev.andiron.server.operation.Operation.Level;
import dev.andiron.server.operation.OperationCall;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.Sort;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * {@code Observation/$lastn}: of the observations that a search finds, the most recent ones of each
 * code. They are walked through from the newest, so memory holds the answer and one page.
 */
final class LastnOperation {
    private static final String TYPE = "Observation";
    private static final String MAX = "max";

    /** How many observations are looked at; a search that finds more is refused. */
    private static final int MOST_SEEN = 100_000;

    /** How many observations are answered with. */
    private static final int MOST_GIVEN = 10_000;

    /** How many are walked through at once. */
    private static final int STEP = 1_000;

    /** An element named code, not the type. */
    private static final Pattern CODE =
            Pattern.compile("(?<!ofType\\(|as\\(|is\\(|as |is )\\bcode\\b");

    /** What the result is made of is decided by the operation. */
    private static final Set<String> DECIDED =
            Set.of("_sort", "_count", "_total", "_summary", "_elements", "_type");

    private final Services services;

    private LastnOperation(Services services) {
        this.services = services;
    }

    static Operation of(Services services) {
        return Operation.reading(
                "$lastn",
                "http://hl7.org/fhir/OperationDefinition/Observation-lastn",
                EnumSet.of(Level.TYPE),
                Set.of(TYPE),
                new LastnOperation(services)::lastn);
    }

    private FhirResponse lastn(OperationCall call) {
        int max = call.parameters().number(MAX, 1, MOST_GIVEN).orElse(1);
        Parameters criteria =
                call.parameters().asQuery().without(Set.of(MAX)).without(ResultParameters.FORM);
        FhirRequest request = call.request();
        require(criteria, services.rules().searchParameters(request.tenant()));
        ParsedSearch search =
                services.rules()
                        .search(
                                request.tenant(),
                                Optional.of(TYPE),
                                criteria,
                                request.base(),
                                request.preferences().lenient());
        List<StoredResource> last = last(request, search, max);
        var bundle =
                new BundleContent(
                        "searchset",
                        OptionalLong.of(last.size()),
                        List.of(new Link("self", self(call, search, max))));
        for (StoredResource resource : last) {
            bundle.entry(
                    request.base() + "/" + resource.key(),
                    resource.content().bytes(),
                    SearchEntry.MATCH);
        }
        if (!search.notes().isEmpty()) {
            bundle.outcome(OperationOutcome.of(search.notes()));
        }
        return FhirResponse.of(200, bundle.build());
    }

    private static void require(Parameters criteria, SearchParameters known) {
        Set<String> codes = codes(known);
        boolean hasSubject = false;
        boolean hasCategory = false;
        for (Parameters.Entry entry : criteria.entries()) {
            if (DECIDED.contains(entry.name())) {
                throw new FhirException(
                        400,
                        "not-supported",
                        "$lastn takes no '%s'; 'max' says how many of each code there are."
                                .formatted(entry.name()));
            }
            String name = entry.name().split("[:.]", 2)[0];
            hasSubject |= name.equals("patient") || name.equals("subject");
            hasCategory |= name.equals("category") || codes.contains(name);
        }
        if (!hasSubject) {
            throw new FhirException(
                    400, "required", "$lastn needs the parameter 'patient' or 'subject'.");
        }
        if (!hasCategory) {
            throw new FhirException(
                    400,
                    "required",
                    "$lastn needs the parameter 'category', or one about codes: '%s'."
                            .formatted(String.join("', '", codes)));
        }
    }

    /** The parameters whose expression, or that of a component, is about a code. */
    private static Set<String> codes(SearchParameters known) {
        var codes = new TreeSet<String>();
        for (SearchParameter parameter : known.searchParameters(TYPE)) {
            if (CODE.matcher(parameter.expression()).find()
                    || parameter.components().stream()
                            .anyMatch(part -> CODE.matcher(part.expression()).find())) {
                codes.add(parameter.code());
            }
        }
        return codes;
    }

    private List<StoredResource> last(FhirRequest request, ParsedSearch search, int max) {
        var newestFirst = new Sort.Parameter("date", Sort.ValueKind.DATE, true);
        var groups = new LastnGroups<StoredResource>(max);
        Optional<Cursor> after = Optional.empty();
        int seen = 0;
        do {
            var query =
                    new Query(
                            search.types(),
                            search.criterion(),
                            List.of(newestFirst),
                            STEP,
                            after,
                            Query.Total.NONE);
            var page = MatchPage.read(services.storage(), request.tenant(), query);
            for (StoredResource observation : page.resources()) {
                groups.add(observation, JsonReader.readObject(observation.content().bytes()));
            }
            seen += page.hits();
            after = page.next();
            if (after.isPresent() && seen >= MOST_SEEN || groups.size() > MOST_GIVEN) {
                throw new FhirException(
                        422,
                        "too-costly",
                        "$lastn looks at %d observations at most and answers with %d; narrow it by"
                                        .formatted(MOST_SEEN, MOST_GIVEN)
                                + " category, code or date.");
            }
        } while (after.isPresent());
        return groups.inOrder();
    }

    private static String self(OperationCall call, ParsedSearch search, int max) {
        var understood = new ArrayList<QueryParameter>(search.understood());
        understood.add(new QueryParameter(MAX, Integer.toString(max)));
        return "%s/%s?%s"
                .formatted(
                        call.request().base(),
                        String.join("/", call.request().path()),
                        QueryParameter.format(understood));
    }
}
