package dev.andiron.fhir.search;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameterType;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.search.SearchProblems.Refusal;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.ValueTest;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
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
            Set.of(
                    "_count",
                    "_sort",
                    "_total",
                    "_summary",
                    "_elements",
                    "_type",
                    "_score",
                    "_contained",
                    "_containedType");

    /** What the meaning of all other parameters depends on. */
    private static final Set<String> FIRST = Set.of("_type", "_contained", "_containedType");

    private static final Set<String> NOT_YET = Set.of("_include", "_revinclude", "_maxresults");
    private static final Pattern ELEMENT = Pattern.compile("[A-Za-z][A-Za-z0-9.]{0,127}");

    private final Definitions definitions;
    private final ReferenceTarget.Reader references;
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
        this.references = new ReferenceTarget.Reader(definitions, bases);
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
        private final SearchContext context;
        private final SearchProblems problems;
        private final boolean acrossTypes;
        private final ContainedParser contained = new ContainedParser();
        private CriterionParser criteria;
        private Set<String> types;
        private final List<Criterion> all = new ArrayList<>();
        private final List<Sort> sort = new ArrayList<>();
        private boolean scored;
        private int count = limits.defaultCount();
        private Optional<Query.Total> total = Optional.empty();
        private Summary summary = Summary.FALSE;
        private final Set<String> elements = new LinkedHashSet<>();
        private final Map<Integer, QueryParameter> understood = new TreeMap<>();

        Parsing(SearchContext context, Set<String> types, boolean acrossTypes, Handling handling) {
            this.context = context;
            this.types = types;
            this.acrossTypes = acrossTypes;
            this.problems = new SearchProblems(handling);
            this.criteria = criteria();
        }

        private CriterionParser criteria() {
            return new CriterionParser(
                    definitions, context, references, values, limits, contained.isAsked());
        }

        ParsedSearch parse(List<QueryParameter> parameters) {
            bound(parameters);
            read(parameters, FIRST::contains);
            criteria = criteria();
            read(parameters, name -> !FIRST.contains(name) && !name.equals("_sort"));
            // A sort by distance is from the point that the search is about.
            read(parameters, "_sort"::equals);
            problems.throwIfAny();
            sortByDefault();
            boolean counts = summary == Summary.COUNT || count == 0;
            Criterion criterion = all.size() == 1 ? all.getFirst() : new Criterion.All(all);
            Optional<ContainedSearch> within = contained.search(types, criterion);
            return new ParsedSearch(
                    within.isPresent() ? Set.of() : types,
                    contained.criterion(types, criterion),
                    sort,
                    counts ? 0 : count,
                    counts ? Query.Total.ACCURATE : total.orElse(Query.Total.NONE),
                    summary,
                    elements,
                    within,
                    List.copyOf(understood.values()),
                    problems.notes());
        }

        private void read(List<QueryParameter> parameters, Predicate<String> which) {
            var seen = new HashSet<String>();
            for (int i = 0; i < parameters.size(); i++) {
                String name = parameters.get(i).name();
                if (which.test(name) && !FORM.contains(name)) {
                    if (ONCE.contains(name) && !seen.add(name)) {
                        problems.malformed(name, "it is given more than once");
                    } else {
                        read(i, parameters.get(i));
                    }
                }
            }
        }

        /** What is near comes in the order of its distance, what is scored in that of its score. */
        private void sortByDefault() {
            Optional<Criterion.Value> near = nearest();
            if (sort.isEmpty() && near.isPresent()) {
                sort.add(distance(near.get(), false));
            }
            if (scored && sort.stream().noneMatch(Sort.Score.class::isInstance)) {
                sort.add(new Sort.Score());
            }
        }

        /** The first point that the search wants to be near. */
        private Optional<Criterion.Value> nearest() {
            return all.stream()
                    .map(
                            each ->
                                    each instanceof Criterion.Any(List<Criterion> alternatives)
                                            ? alternatives.getFirst()
                                            : each)
                    .filter(Criterion.Value.class::isInstance)
                    .map(Criterion.Value.class::cast)
                    .filter(value -> value.test() instanceof ValueTest.Near)
                    .findFirst();
        }

        private static Sort distance(Criterion.Value value, boolean descending) {
            var near = (ValueTest.Near) value.test();
            return new Sort.Distance(
                    value.parameter(), near.latitude(), near.longitude(), descending);
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

        private void read(int position, QueryParameter parameter) {
            String name = parameter.name();
            String value = parameter.value();
            try {
                switch (name) {
                    case "_type" -> types = types(value);
                    case "_contained" -> contained.mode(value);
                    case "_containedType" -> contained.returned(value);
                    case "_count" -> count = count(value);
                    case "_sort" -> sort(value);
                    case "_score" -> scored = isTrue(value);
                    case "_total" -> total = Optional.of(choice(Query.Total.class, value));
                    case "_summary" -> summary = choice(Summary.class, value);
                    case "_elements" -> elements(value);
                    default -> all.add(criterion(name, value));
                }
                understood.put(
                        position,
                        name.equals("_count")
                                ? new QueryParameter(name, Integer.toString(count))
                                : parameter);
            } catch (Refusal refusal) {
                refusal.tell(problems, name);
            }
        }

        private Criterion criterion(String name, String value) throws Refusal {
            String bare = name.contains(":") ? name.substring(0, name.indexOf(':')) : name;
            if (bare.equals("_query")) {
                throw Refusal.notImplemented(
                        "this server has no named query '" + value + "', nor any other");
            }
            if (NOT_YET.contains(bare)) {
                throw Refusal.notUnderstood("this server does not support it");
            }
            return criteria.parse(types, name, value);
        }

        private static boolean isTrue(String value) throws Refusal {
            return switch (value) {
                case "true" -> true;
                case "false" -> false;
                default -> throw Refusal.malformed("'" + value + "' is neither true nor false");
            };
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
                case "_score" -> {
                    return new Sort.Score();
                }
                case "" -> throw Refusal.malformed("one of the sort keys is empty");
                default -> {
                    SearchParameter parameter = criteria.parameter(types, code);
                    if (parameter.type() == SearchParameterType.SPECIAL) {
                        return distance(
                                nearest()
                                        .filter(near -> near.parameter().equals(code))
                                        .orElseThrow(
                                                () ->
                                                        Refusal.malformed(
                                                                "a sort by '"
                                                                        + code
                                                                        + "' needs a point to"
                                                                        + " measure from, given"
                                                                        + " by "
                                                                        + code
                                                                        + "=...")),
                                descending);
                    }
                    Sort.ValueKind kind = kind(parameter);
                    Set<String> others = criteria.sortedBy(types, code);
                    return others.equals(Set.of(code))
                            ? new Sort.Parameter(code, kind, descending)
                            : new Sort.Union(code, List.copyOf(others), kind, descending);
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
