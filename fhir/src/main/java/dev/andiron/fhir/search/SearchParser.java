package dev.andiron.fhir.search;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.search.SearchProblems.Refusal;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.Sort;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads the parameters of a search into what backends evaluate. Refuses, all at once, what it does
 * not understand. Safe for use by many threads.
 *
 * <p>Dates without a zone are UTC. {@code ap} widens a date by a tenth of its distance from now and
 * a number by a tenth of itself.
 */
public final class SearchParser {
    /** Parameters about the form of the answer, which are none of the search's business. */
    private static final Set<String> FORM = Set.of("_format", "_pretty");

    private static final Set<String> ONCE =
            Set.of("_count", "_sort", "_total", "_summary", "_elements", "_type");
    private static final Set<String> NOT_YET =
            Set.of(
                    "_include",
                    "_revinclude",
                    "_contained",
                    "_containedType",
                    "_filter",
                    "_list",
                    "_query",
                    "_maxresults",
                    "_score");
    private static final Pattern ELEMENT = Pattern.compile("[A-Za-z][A-Za-z0-9.]{0,127}");

    private final Definitions definitions;
    private final ValueParser values;
    private final SearchLimits limits;

    /**
     * A parser.
     *
     * @param bases the base URLs under which the server is known
     * @param clock what {@code ap} calls now
     */
    public SearchParser(
            Definitions definitions, List<String> bases, InstantSource clock, SearchLimits limits) {
        this.definitions = definitions;
        this.limits = limits;
        var references = new ReferenceTarget.Reader(definitions, bases);
        this.values = new ValueParser(definitions, references, clock);
    }

    /**
     * Reads a search of one resource type.
     *
     * @throws FhirException 400 with an issue for each parameter that is refused
     */
    public ParsedSearch parse(
            SearchContext context,
            String type,
            List<QueryParameter> parameters,
            Handling handling) {
        return new Parsing(context, Set.of(type), false, handling).parse(parameters);
    }

    /**
     * Reads a search across types, which {@code _type} may narrow.
     *
     * @throws FhirException 400 with an issue for each parameter that is refused
     */
    public ParsedSearch parse(
            SearchContext context, List<QueryParameter> parameters, Handling handling) {
        return new Parsing(context, Set.of(), true, handling).parse(parameters);
    }

    /**
     * Reads the criteria of a conditional interaction: search parameters alone, at least one, all
     * of them understood.
     *
     * @throws FhirException 400 with an issue for each parameter that is refused; 412 when there is
     *     none
     */
    public Criterion parseCriteria(
            SearchContext context, String type, List<QueryParameter> parameters) {
        var problems = new SearchProblems(Handling.STRICT);
        var found = new ArrayList<QueryParameter>();
        for (QueryParameter parameter : parameters) {
            if (FORM.contains(parameter.name())) {
                continue;
            }
            if (ONCE.contains(parameter.name())) {
                problems.notUnderstood(parameter.name(), "it is no criterion");
            }
            found.add(parameter);
        }
        problems.throwIfAny();
        if (found.isEmpty()) {
            throw new FhirException(
                    412, "required", "a conditional interaction needs a search parameter");
        }
        return parse(context, type, found, Handling.STRICT).criterion();
    }

    /** One query being read. */
    private final class Parsing {
        private final CriterionParser criteria;
        private final SearchProblems problems;
        private final boolean acrossTypes;
        private Set<String> types;
        private final List<Criterion> all = new ArrayList<>();
        private final List<Sort> sort = new ArrayList<>();
        private int count = limits.defaultCount();
        private Optional<Query.Total> total = Optional.empty();
        private Summary summary = Summary.FALSE;
        private final Set<String> elements = new LinkedHashSet<>();
        private final List<QueryParameter> understood = new ArrayList<>();

        Parsing(SearchContext context, Set<String> types, boolean acrossTypes, Handling handling) {
            this.criteria = new CriterionParser(definitions, context, values, limits);
            this.types = types;
            this.acrossTypes = acrossTypes;
            this.problems = new SearchProblems(handling);
        }

        ParsedSearch parse(List<QueryParameter> parameters) {
            bound(parameters);
            // What the types are decides what the other parameters mean.
            for (QueryParameter parameter : parameters) {
                if (parameter.name().equals("_type")) {
                    read(parameter);
                }
            }
            var seen = new HashSet<String>();
            for (QueryParameter parameter : parameters) {
                String name = parameter.name();
                if (ONCE.contains(name) && !seen.add(name)) {
                    problems.malformed(name, "it is given more than once");
                } else if (!FORM.contains(name) && !name.equals("_type")) {
                    read(parameter);
                }
            }
            problems.throwIfAny();
            boolean counts = summary == Summary.COUNT || count == 0;
            return new ParsedSearch(
                    types,
                    all.size() == 1 ? all.getFirst() : new Criterion.All(all),
                    sort,
                    counts ? 0 : count,
                    counts ? Query.Total.ACCURATE : total.orElse(Query.Total.NONE),
                    summary,
                    elements,
                    understood,
                    problems.notes());
        }

        private void bound(List<QueryParameter> parameters) {
            if (parameters.size() > limits.maximumParameters()) {
                throw new FhirException(
                        400,
                        "too-costly",
                        "the search has "
                                + parameters.size()
                                + " parameters; at most "
                                + limits.maximumParameters()
                                + " are accepted");
            }
            long values = 0;
            for (QueryParameter parameter : parameters) {
                values += Escapes.split(parameter.value(), ',').size();
            }
            if (values > limits.maximumValues()) {
                throw new FhirException(
                        400,
                        "too-costly",
                        "the search has "
                                + values
                                + " values; at most "
                                + limits.maximumValues()
                                + " are accepted");
            }
        }

        private void read(QueryParameter parameter) {
            String name = parameter.name();
            String value = parameter.value();
            try {
                switch (name) {
                    case "_type" -> types = types(value);
                    case "_count" -> {
                        count = count(value);
                        understood.add(new QueryParameter(name, Integer.toString(count)));
                        return;
                    }
                    case "_sort" -> sort(value);
                    case "_total" -> total = Optional.of(choice(Query.Total.class, value));
                    case "_summary" -> summary = choice(Summary.class, value);
                    case "_elements" -> elements(value);
                    default -> {
                        String bare =
                                name.contains(":") ? name.substring(0, name.indexOf(':')) : name;
                        if (NOT_YET.contains(bare)) {
                            throw Refusal.notUnderstood("this server does not support it");
                        }
                        all.add(criteria.parse(types, name, value));
                    }
                }
                understood.add(parameter);
            } catch (Refusal refusal) {
                refusal.tell(problems, name);
            }
        }

        private Set<String> types(String value) throws Refusal {
            if (!acrossTypes) {
                throw Refusal.notUnderstood("the search is about one type already");
            }
            var named = new LinkedHashSet<String>();
            for (String type : Escapes.split(value, ',')) {
                if (!definitions.isResourceType(type)) {
                    throw Refusal.malformed("there is no resource type '" + type + "'");
                }
                named.add(type);
            }
            return named;
        }

        private int count(String value) throws Refusal {
            if (!value.matches("\\d{1,9}")) {
                throw Refusal.malformed("'" + value + "' is not a whole number from 0");
            }
            int wanted = Integer.parseInt(value);
            if (wanted > limits.maximumCount()) {
                problems.note(
                        "Pages have at most "
                                + limits.maximumCount()
                                + " matches; _count="
                                + wanted
                                + " was bounded");
            }
            return Math.min(wanted, limits.maximumCount());
        }

        private void sort(String value) throws Refusal {
            List<String> keys = Escapes.split(value, ',');
            if (keys.size() > limits.maximumSortKeys()) {
                throw Refusal.malformed(
                        "at most %d sort keys are possible".formatted(limits.maximumSortKeys()));
            }
            for (String key : keys) {
                boolean descending = key.startsWith("-");
                sort.add(sort(descending ? key.substring(1) : key, descending));
            }
        }

        private Sort sort(String code, boolean descending) throws Refusal {
            switch (code) {
                case "_id" -> {
                    return new Sort.Id(descending);
                }
                case "_lastUpdated" -> {
                    return new Sort.LastUpdated(descending);
                }
                case "" -> throw Refusal.malformed("one of the sort keys is empty");
                default -> {
                    SearchParameter parameter = criteria.parameter(types, code);
                    return new Sort.Parameter(code, kind(parameter), descending);
                }
            }
        }

        private static Sort.ValueKind kind(SearchParameter parameter) throws Refusal {
            return switch (parameter.type()) {
                case STRING -> Sort.ValueKind.TEXT;
                case TOKEN -> Sort.ValueKind.TOKEN;
                case REFERENCE -> Sort.ValueKind.REFERENCE;
                case DATE -> Sort.ValueKind.DATE;
                case NUMBER -> Sort.ValueKind.NUMBER;
                case QUANTITY -> Sort.ValueKind.QUANTITY;
                case URI -> Sort.ValueKind.URI;
                case COMPOSITE, SPECIAL ->
                        throw Refusal.notUnderstood(
                                "'" + parameter.code() + "' has no order to sort by");
            };
        }

        private static <E extends Enum<E>> E choice(Class<E> type, String value) throws Refusal {
            var names = new ArrayList<String>();
            for (E constant : type.getEnumConstants()) {
                String name = constant.name().toLowerCase(Locale.ROOT);
                if (name.equals(value)) {
                    return constant;
                }
                names.add(name);
            }
            throw Refusal.malformed("'" + value + "' is none of " + String.join(", ", names));
        }

        private void elements(String value) throws Refusal {
            for (String element : Escapes.split(value, ',')) {
                if (!ELEMENT.matcher(element).matches()) {
                    throw Refusal.malformed("'" + element + "' is no name of an element");
                }
                elements.add(element);
            }
        }
    }
}
