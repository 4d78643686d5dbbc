package dev.andiron.server.interaction.operation;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.OperationOutcome;
import dev.andiron.fhir.path.DateInterval;
import dev.andiron.server.interaction.BundleContent;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.PageLinks;
import dev.andiron.server.interaction.PageTokens;
import dev.andiron.server.interaction.Parameters;
import dev.andiron.server.interaction.Services;
import dev.andiron.server.interaction.search.Compartment;
import dev.andiron.server.interaction.search.Include;
import dev.andiron.server.interaction.search.Inclusion;
import dev.andiron.server.interaction.search.MatchPage;
import dev.andiron.server.interaction.search.SearchEntry;
import dev.andiron.server.operation.Operation;
import dev.andiron.server.operation.Operation.Level;
import dev.andiron.server.operation.OperationCall;
import dev.andiron.server.operation.OperationParameters;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.ValueTest.RangeOperator;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * {@code $everything}: the compartment of a patient, of all patients, or of an encounter, with the
 * practitioners, organizations, medications, locations and so on that its resources refer to. What
 * belongs to the compartments of patients is never taken for a reference alone, so nothing of
 * another patient comes along.
 */
final class EverythingOperation {
    private static final String DEFINITION = "http://hl7.org/fhir/OperationDefinition/";
    private static final String COUNT = "_count";
    private static final String TYPE = "_type";
    private static final String SINCE = "_since";
    private static final Set<String> KNOWN =
            Set.of(SINCE, TYPE, COUNT, "start", "end", PageTokens.PARAMETER);

    /** Types that list people, and would lead to those of others. */
    private static final Set<String> LISTS = Set.of("Group", "List", "Person");

    private final Services services;

    private EverythingOperation(Services services) {
        this.services = services;
    }

    static List<Operation> of(Services services) {
        var operation = new EverythingOperation(services);
        return List.of(
                Operation.reading(
                        "$everything",
                        DEFINITION + "Patient-everything",
                        EnumSet.of(Level.TYPE, Level.INSTANCE),
                        Set.of("Patient"),
                        operation::everything),
                Operation.reading(
                        "$everything",
                        DEFINITION + "Encounter-everything",
                        EnumSet.of(Level.INSTANCE),
                        Set.of("Encounter"),
                        operation::everything));
    }

    /** What was asked for. */
    private record Asked(
            Optional<DateInterval> since,
            Optional<DateInterval> start,
            Optional<DateInterval> end,
            Set<String> types,
            int count) {}

    private FhirResponse everything(OperationCall call) {
        call.parameters().refuseOthers(KNOWN);
        Optional<String> id = Optional.empty();
        if (call.level() == Level.INSTANCE) {
            id = Optional.of(StoredVersions.current(services, call).stored().key().id());
        }
        var compartment =
                new Compartment(
                        services.rules().definitions().compartment(call.type()).orElseThrow(), id);
        Asked asked = asked(call.parameters());
        Set<String> types = types(compartment, asked);
        FhirRequest request = call.request();
        var links = new PageLinks(services.tokens(), paged(call), self(call));
        var query =
                new Query(
                        types,
                        criterion(call, compartment, types, asked),
                        List.of(),
                        asked.count(),
                        links.position().after(),
                        Query.Total.NONE);
        MatchPage page =
                MatchPage.read(services.storage(), request.tenant(), query, links.position());
        var inclusion =
                new Inclusion(
                        services,
                        request.tenant(),
                        List.of(Include.everythingReferenced()),
                        included(call.type(), asked),
                        services.policy().inclusion());
        List<StoredResource> included = inclusion.with(page.resources());
        var bundle =
                new BundleContent(
                        "searchset",
                        page.total(links.position().isFirst()),
                        links.links(page.next(), page.hits(), page.keys()));
        for (StoredResource resource : page.resources()) {
            entry(bundle, request, resource, SearchEntry.MATCH);
        }
        for (StoredResource resource : included) {
            entry(bundle, request, resource, SearchEntry.INCLUDE);
        }
        if (!inclusion.notes().isEmpty()) {
            bundle.outcome(OperationOutcome.of(inclusion.notes()));
        }
        return FhirResponse.of(200, bundle.build());
    }

    private static void entry(
            BundleContent bundle, FhirRequest request, StoredResource resource, String search) {
        bundle.entry(request.base() + "/" + resource.key(), resource.content().bytes(), search);
    }

    private Asked asked(OperationParameters parameters) {
        var types = new TreeSet<String>();
        for (String list : parameters.texts(TYPE)) {
            for (String type : list.split(",", -1)) {
                if (!services.rules().isResourceType(type)) {
                    throw new FhirException(
                            400, "value", "_type: there is no resource type '%s'.".formatted(type));
                }
                types.add(type);
            }
        }
        int largest = services.policy().largestPage();
        int count = parameters.number(COUNT, 1, Integer.MAX_VALUE).orElse(largest);
        return new Asked(
                parameters.period(SINCE),
                parameters.period("start"),
                parameters.period("end"),
                types,
                Math.min(count, largest));
    }

    private static Set<String> types(Compartment compartment, Asked asked) {
        if (asked.types().isEmpty()) {
            return compartment.types();
        }
        var types = new TreeSet<>(asked.types());
        types.retainAll(compartment.types());
        if (types.isEmpty()) {
            throw new FhirException(
                    400,
                    "value",
                    "None of the types in _type belongs to the compartment of a %s."
                            .formatted(compartment.definition().name()));
        }
        return types;
    }

    private Criterion criterion(
            OperationCall call, Compartment compartment, Set<String> types, Asked asked) {
        var all = new ArrayList<Criterion>(3);
        all.add(compartment.criterion(types));
        asked.since()
                .ifPresent(
                        since ->
                                all.add(
                                        new Criterion.LastUpdated(
                                                RangeOperator.GE, since.low(), since.high())));
        if (asked.start().isPresent() || asked.end().isPresent()) {
            all.add(
                    CareDates.within(
                            services.rules().searchParameters(call.request().tenant()),
                            types,
                            asked.start(),
                            asked.end()));
        }
        return all.size() == 1 ? all.getFirst() : new Criterion.All(all);
    }

    private Predicate<String> included(String about, Asked asked) {
        Set<String> patients =
                new Compartment(
                                services.rules().definitions().compartment("Patient").orElseThrow(),
                                Optional.empty())
                        .types();
        boolean ofEncounter = about.equals("Encounter");
        return type ->
                (asked.types().isEmpty() || asked.types().contains(type))
                        && !LISTS.contains(type)
                        && (!patients.contains(type) || ofEncounter && type.equals("Patient"));
    }

    /** The request as its links repeat it: all input in the URL. */
    private static FhirRequest paged(OperationCall call) {
        return call.request().with(call.parameters().asQuery());
    }

    private static String self(OperationCall call) {
        Parameters evaluated =
                call.parameters()
                        .asQuery()
                        .filter(
                                entry ->
                                        KNOWN.contains(entry.name())
                                                && !entry.name().equals(PageTokens.PARAMETER));
        String url = call.request().base() + "/" + String.join("/", call.request().path());
        return evaluated.isEmpty() ? url : url + "?" + evaluated.encoded();
    }
}
