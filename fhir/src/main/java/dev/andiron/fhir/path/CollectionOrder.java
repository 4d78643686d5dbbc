package dev.andiron.fhir.path;

import dev.andiron.fhir.path.Expression.Operator;

import java.util.Set;

/** Whether FHIRPath leaves the order of a collection undefined, so that it has no first. */
final class CollectionOrder {
    private static final Set<String> UNDEFINED =
            Set.of(
                    "children",
                    "descendants",
                    "repeat",
                    "repeatAll",
                    "union",
                    "combine",
                    "distinct",
                    "intersect");

    /** Functions that give the items of their source, or something of each, one after the other. */
    private static final Set<String> KEEPING =
            Set.of(
                    "where",
                    "select",
                    "exclude",
                    "tail",
                    "skip",
                    "take",
                    "trace",
                    "defineVariable",
                    "extension",
                    "resolve",
                    "getValue");

    private static final Set<String> PLACES = Set.of("first", "last", "tail", "skip", "take");

    private CollectionOrder() {}

    /**
     * Refuses a place in a collection without order.
     *
     * @param function what asks for the place
     */
    static void check(String function, Expression source) {
        if (isUndefined(source)) {
            throw new PathException(
                    function + " needs an order, and that of what it is called on is undefined");
        }
    }

    /** Whether what a function gives depends on the order of its source. */
    static boolean matters(String function) {
        return PLACES.contains(function);
    }

    private static boolean isUndefined(Expression expression) {
        return switch (expression) {
            case Expression.Member(Expression source, String _) -> isUndefined(source);
            case Expression.As(Expression operand, String _) -> isUndefined(operand);
            case Expression.OfType(Expression operand, String _) -> isUndefined(operand);
            case Expression.Binary(Operator operator, Expression _, Expression _) ->
                    operator == Operator.UNION;
            case Expression.Call(Expression source, String function, var _) ->
                    UNDEFINED.contains(function)
                            || KEEPING.contains(function) && isUndefined(source);
            case Expression.This _,
                    Expression.Index _,
                    Expression.Total _,
                    Expression.Variable _,
                    Expression.Literal _,
                    Expression.QuantityLiteral _,
                    Expression.Empty _,
                    Expression.Indexer _,
                    Expression.Is _,
                    Expression.Negation _ ->
                    false;
        };
    }
}
