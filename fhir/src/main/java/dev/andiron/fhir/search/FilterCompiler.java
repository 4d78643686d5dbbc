package dev.andiron.fhir.search;

import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.search.FilterExpression.And;
import dev.andiron.fhir.search.FilterExpression.Comparison;
import dev.andiron.fhir.search.FilterExpression.Not;
import dev.andiron.fhir.search.FilterExpression.Or;
import dev.andiron.fhir.search.FilterExpression.Step;
import dev.andiron.fhir.search.SearchProblems.Refusal;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.search.ValueTest.RangeOperator;
import dev.andiron.spi.search.ValueTest.TextOperator;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Turns a filter into a criterion: checks each comparison against its parameter. */
final class FilterCompiler {
    private static final List<String> RANGES =
            List.of("eq", "ne", "gt", "lt", "ge", "le", "ap", "sa", "eb");

    private final CriterionParser criteria;

    FilterCompiler(CriterionParser criteria) {
        this.criteria = criteria;
    }

    /**
     * The criterion of a filter.
     *
     * @param types the types that are searched; empty means all
     * @param depth how many references were followed to get to them
     */
    Criterion compile(FilterExpression expression, Set<String> types, int depth) throws Refusal {
        return switch (expression) {
            case And and -> new Criterion.All(compile(and.parts(), types, depth));
            case Or or -> new Criterion.Any(compile(or.parts(), types, depth));
            case Not not -> new Criterion.Not(compile(not.part(), types, depth));
            case Comparison comparison ->
                    comparison.path().size() == 1
                            ? compare(comparison, types)
                            : chain(comparison, types, depth);
        };
    }

    private List<Criterion> compile(List<FilterExpression> parts, Set<String> types, int depth)
            throws Refusal {
        var criteriaOfParts = new ArrayList<Criterion>();
        for (FilterExpression part : parts) {
            criteriaOfParts.add(compile(part, types, depth));
        }
        return criteriaOfParts;
    }

    private Criterion chain(Comparison comparison, Set<String> types, int depth) throws Refusal {
        Step first = comparison.path().getFirst();
        List<Step> rest = comparison.path().subList(1, comparison.path().size());
        var further = new Comparison(rest, comparison.operator(), comparison.value());
        FilterExpression inner =
                first.condition()
                        .<FilterExpression>map(condition -> new And(List.of(condition, further)))
                        .orElse(further);
        return criteria.chain(
                types,
                first.name(),
                rest.getFirst().name(),
                depth,
                (target, deeper) -> compile(inner, target, deeper));
    }

    private Criterion compare(Comparison comparison, Set<String> types) throws Refusal {
        String code = comparison.path().getFirst().name();
        String operator = comparison.operator();
        String value = comparison.value();
        switch (code) {
            case "_id" -> {
                return id(operator, value);
            }
            case "_lastUpdated" -> {
                return lastUpdated(operator, value);
            }
            case FullText.TEXT, FullText.CONTENT -> {
                if (!operator.equals("co")) {
                    throw inapplicable(code, operator, List.of("co"));
                }
                return new Criterion.Value(code, new ValueTest.Words(Words.of(value)));
            }
            default -> {
                SearchParameter parameter = criteria.parameter(types, code);
                return operator.equals("pr")
                        ? present(code, value)
                        : compare(parameter, operator, value);
            }
        }
    }

    private static Criterion present(String code, String value) throws Refusal {
        return switch (value) {
            case "true" -> new Criterion.Present(code);
            case "false" -> new Criterion.Not(new Criterion.Present(code));
            default -> throw Refusal.malformed("'pr' is true or false, not '" + value + "'");
        };
    }

    private static Criterion id(String operator, String value) throws Refusal {
        if (!ReferenceTarget.Reader.isId(value)) {
            throw Refusal.malformed("'" + value + "' is not an id");
        }
        var ids = new Criterion.Id(Set.of(value));
        return switch (operator) {
            case "eq" -> ids;
            case "ne" -> new Criterion.Not(ids);
            default -> throw inapplicable("_id", operator, List.of("eq", "ne"));
        };
    }

    private Criterion lastUpdated(String operator, String value) throws Refusal {
        ValueTest.Date date = date("_lastUpdated", operator, value);
        return new Criterion.LastUpdated(date.operator(), date.low(), date.high());
    }

    private static Refusal inapplicable(String code, String operator, List<String> accepted) {
        return Refusal.notUnderstood(
                "the operator '"
                        + operator
                        + "' does not fit '"
                        + code
                        + "', which takes "
                        + String.join(", ", accepted));
    }

    private Criterion compare(SearchParameter parameter, String operator, String value)
            throws Refusal {
        String code = parameter.code();
        return switch (parameter.type()) {
            case STRING -> text(code, operator, value);
            case TOKEN -> token(code, operator, value);
            case REFERENCE -> reference(parameter, operator, value);
            case URI -> uri(code, operator, value);
            case DATE -> new Criterion.Value(code, date(code, operator, value));
            case NUMBER, QUANTITY -> {
                if (!RANGES.contains(operator)) {
                    throw inapplicable(code, operator, with(RANGES, "pr"));
                }
                yield any(code, criteria.values().tests(parameter, "", operator + value));
            }
            case COMPOSITE, SPECIAL -> {
                if (!operator.equals("eq")) {
                    throw inapplicable(code, operator, List.of("eq", "pr"));
                }
                yield any(code, criteria.values().tests(parameter, "", value));
            }
        };
    }

    private static List<String> with(List<String> some, String... more) {
        var all = new LinkedHashSet<>(some);
        all.addAll(List.of(more));
        return List.copyOf(all);
    }

    private static Criterion any(String code, List<ValueTest> tests) {
        return CriterionParser.any(
                tests.stream().<Criterion>map(test -> new Criterion.Value(code, test)).toList());
    }

    /** There is a value, and none is so. */
    private static Criterion other(String code, Criterion same) {
        return new Criterion.All(List.of(new Criterion.Present(code), new Criterion.Not(same)));
    }

    private static Optional<TextOperator> textOperator(String operator) {
        return switch (operator) {
            case "eq", "ne" -> Optional.of(TextOperator.EQUALS);
            case "co" -> Optional.of(TextOperator.CONTAINS);
            case "sw" -> Optional.of(TextOperator.STARTS_WITH);
            case "ew" -> Optional.of(TextOperator.ENDS_WITH);
            default -> Optional.empty();
        };
    }

    private static Criterion text(String code, String operator, String value) throws Refusal {
        TextOperator how =
                textOperator(operator)
                        .orElseThrow(
                                () ->
                                        inapplicable(
                                                code,
                                                operator,
                                                List.of("eq", "ne", "co", "sw", "ew", "pr")));
        String text = ValueParser.normalizedText(value);
        Criterion found = new Criterion.Value(code, new ValueTest.Text(how, text, false));
        return operator.equals("ne") ? other(code, found) : found;
    }

    private static Criterion uri(String code, String operator, String value) throws Refusal {
        TextOperator how =
                textOperator(operator)
                        .orElseThrow(
                                () ->
                                        inapplicable(
                                                code,
                                                operator,
                                                List.of("eq", "ne", "co", "sw", "ew", "pr")));
        Criterion found = new Criterion.Value(code, new ValueTest.Uri(how, value));
        return operator.equals("ne") ? other(code, found) : found;
    }

    private Criterion token(String code, String operator, String value) throws Refusal {
        ConceptTests concepts = criteria.concepts();
        return switch (operator) {
            case "eq" -> new Criterion.Value(code, ValueParser.token(value));
            case "ne" -> other(code, new Criterion.Value(code, ValueParser.token(value)));
            case "co", "sw", "ew" ->
                    new Criterion.Value(
                            code,
                            new ValueTest.TokenDisplay(
                                    textOperator(operator).orElseThrow(),
                                    ValueParser.normalizedText(value)));
            case "in" -> new Criterion.Value(code, concepts.in(value));
            case "ni" -> other(code, new Criterion.Value(code, concepts.in(value)));
            case "ss" -> new Criterion.Value(code, concepts.below(ValueParser.token(value)));
            case "sb" -> new Criterion.Value(code, concepts.above(ValueParser.token(value)));
            default ->
                    throw inapplicable(
                            code,
                            operator,
                            List.of("eq", "ne", "co", "sw", "ew", "in", "ni", "ss", "sb", "pr"));
        };
    }

    private Criterion reference(SearchParameter parameter, String operator, String value)
            throws Refusal {
        String code = parameter.code();
        return switch (operator) {
            case "eq", "re" -> any(code, criteria.values().tests(parameter, "", value));
            case "ne" -> other(code, any(code, criteria.values().tests(parameter, "", value)));
            default -> throw inapplicable(code, operator, List.of("eq", "ne", "re", "pr"));
        };
    }

    /** As prefixes mean it; {@code po} asks for periods that overlap, without widening them. */
    private ValueTest.Date date(String code, String operator, String value) throws Refusal {
        if (operator.equals("po")) {
            ValueTest.Date exact = criteria.values().date("eq" + value);
            return new ValueTest.Date(RangeOperator.AP, exact.low(), exact.high());
        }
        if (!RANGES.contains(operator)) {
            throw inapplicable(code, operator, with(RANGES, "po", "pr"));
        }
        return criteria.values().date(operator + value);
    }
}
