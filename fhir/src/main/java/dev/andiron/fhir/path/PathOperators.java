package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.path.Expression.Operator;
import dev.andiron.fhir.path.PathType.Category;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.BiFunction;

/** The operators between two operands. */
final class PathOperators {
    private static final List<PathNode> NONE = List.of();

    private PathOperators() {}

    static Compiled compile(Expression.Binary binary, PathCompiler compiler, Compiled focus) {
        Operator operator = binary.operator();
        Compiled left = compiler.compile(binary.left(), focus);
        Compiled right = compiler.compile(binary.right(), focus);
        String symbol = operator.symbol();
        return switch (operator) {
            case UNION -> union(left, right);
            case EQUAL -> truth(left, right, PathValues::equal);
            case NOT_EQUAL -> truth(left, right, (l, r) -> not(PathValues.equal(l, r)));
            case EQUIVALENT -> truth(left, right, PathValues::equivalent);
            case NOT_EQUIVALENT -> truth(left, right, (l, r) -> !PathValues.equivalent(l, r));
            case LESS -> order(left, right, symbol, order -> order < 0);
            case GREATER -> order(left, right, symbol, order -> order > 0);
            case LESS_OR_EQUAL -> order(left, right, symbol, order -> order <= 0);
            case GREATER_OR_EQUAL -> order(left, right, symbol, order -> order >= 0);
            case AND -> and(left, right);
            case OR -> or(left, right);
            case XOR -> logic(left, right, symbol, (l, r) -> l == null || r == null ? null : l ^ r);
            case IMPLIES -> logic(left, right, symbol, PathOperators::implies);
            case IN ->
                    truth(left, right, (l, r) -> l.isEmpty() ? null : in(l, r, "the left of 'in'"));
            case CONTAINS ->
                    truth(
                            left,
                            right,
                            (l, r) -> r.isEmpty() ? null : in(r, l, "the right of 'contains'"));
            case CONCATENATE -> concatenate(left, right);
            case PLUS, MINUS, TIMES, DIVIDE, INTEGER_DIVIDE, MODULO ->
                    arithmetic(operator, left, right);
        };
    }

    static Compiled union(Compiled left, Compiled right) {
        Evaluation l = left.evaluation();
        Evaluation r = right.evaluation();
        Evaluation union =
                (focus, scope) -> {
                    List<PathNode> first = l.on(focus, scope);
                    List<PathNode> second = r.on(focus, scope);
                    if (second.isEmpty()) {
                        return PathValues.distinct(first);
                    }
                    if (first.isEmpty()) {
                        return PathValues.distinct(second);
                    }
                    var all = new ArrayList<PathNode>(first.size() + second.size());
                    all.addAll(first);
                    all.addAll(second);
                    return PathValues.distinct(all);
                };
        boolean resolved = left.resolved() || right.resolved();
        if (left.types() == null || right.types() == null) {
            return new Compiled(union, null, resolved);
        }
        var types = new HashSet<>(left.types());
        types.addAll(right.types());
        return new Compiled(union, types, resolved);
    }

    private static Compiled truth(
            Compiled left,
            Compiled right,
            BiFunction<List<PathNode>, List<PathNode>, Boolean> test) {
        Evaluation l = left.evaluation();
        Evaluation r = right.evaluation();
        return Compiled.of(
                (focus, scope) ->
                        PathFunctions.bool(test.apply(l.on(focus, scope), r.on(focus, scope))),
                PathType.SYSTEM_BOOLEAN);
    }

    private static Boolean not(Boolean truth) {
        return truth == null ? null : (Boolean) !truth;
    }

    private static Boolean in(List<PathNode> one, List<PathNode> all, String where) {
        if (one.size() > 1) {
            throw new PathException(where + " is a single value");
        }
        return PathValues.contains(all, one.getFirst());
    }

    private interface OrderTest {
        boolean holds(int order);
    }

    private static Compiled order(Compiled left, Compiled right, String symbol, OrderTest test) {
        return truth(
                left,
                right,
                (l, r) -> {
                    Integer order = PathValues.compare(l, r, symbol);
                    return order == null ? null : (Boolean) test.holds(order);
                });
    }

    private static Compiled and(Compiled left, Compiled right) {
        Evaluation l = left.evaluation();
        Evaluation r = right.evaluation();
        return Compiled.of(
                (focus, scope) -> {
                    Boolean first = PathValues.truth(l.on(focus, scope), "'and'");
                    if (Boolean.FALSE.equals(first)) {
                        return PathFunctions.bool(false);
                    }
                    Boolean second = PathValues.truth(r.on(focus, scope), "'and'");
                    return Boolean.FALSE.equals(second)
                            ? PathFunctions.bool(false)
                            : PathFunctions.bool(first == null ? null : second);
                },
                PathType.SYSTEM_BOOLEAN);
    }

    private static Compiled or(Compiled left, Compiled right) {
        Evaluation l = left.evaluation();
        Evaluation r = right.evaluation();
        return Compiled.of(
                (focus, scope) -> {
                    Boolean first = PathValues.truth(l.on(focus, scope), "'or'");
                    if (Boolean.TRUE.equals(first)) {
                        return PathFunctions.bool(true);
                    }
                    Boolean second = PathValues.truth(r.on(focus, scope), "'or'");
                    return Boolean.TRUE.equals(second)
                            ? PathFunctions.bool(true)
                            : PathFunctions.bool(first == null ? null : second);
                },
                PathType.SYSTEM_BOOLEAN);
    }

    private static Boolean implies(Boolean left, Boolean right) {
        if (Boolean.FALSE.equals(left) || Boolean.TRUE.equals(right)) {
            return true;
        }
        return left == null || right == null ? null : (Boolean) false;
    }

    private static Compiled logic(
            Compiled left,
            Compiled right,
            String symbol,
            BiFunction<Boolean, Boolean, Boolean> logic) {
        String where = "'" + symbol + "'";
        return truth(
                left,
                right,
                (l, r) -> logic.apply(PathValues.truth(l, where), PathValues.truth(r, where)));
    }

    private static Compiled concatenate(Compiled left, Compiled right) {
        Evaluation l = left.evaluation();
        Evaluation r = right.evaluation();
        return Compiled.of(
                (focus, scope) -> {
                    String first = PathFunctions.string(l.on(focus, scope), "'&'");
                    String second = PathFunctions.string(r.on(focus, scope), "'&'");
                    return List.of(
                            PathNode.of(
                                    PathFunctions.bounded(
                                            (first == null ? "" : first)
                                                    + (second == null ? "" : second))));
                },
                PathType.SYSTEM_STRING);
    }

    static boolean isNumber(PathNode node) {
        Category category = node.type().category();
        return (category == Category.INTEGER || category == Category.DECIMAL)
                && node.textOrNull() != null;
    }

    static PathNode number(Category category, BigDecimal value) {
        PathValues.checked(value);
        return category == Category.INTEGER
                ? PathNode.computed(
                        PathType.SYSTEM_INTEGER, JsonNumber.of(value.toBigInteger().toString()))
                : PathNode.computed(PathType.SYSTEM_DECIMAL, JsonNumber.of(value.toPlainString()));
    }

    private static Compiled arithmetic(Operator operator, Compiled left, Compiled right) {
        Evaluation l = left.evaluation();
        Evaluation r = right.evaluation();
        return Compiled.open(
                (focus, scope) -> {
                    List<PathNode> one = l.on(focus, scope);
                    List<PathNode> other = r.on(focus, scope);
                    if (one.isEmpty() || other.isEmpty()) {
                        return NONE;
                    }
                    if (one.size() > 1 || other.size() > 1) {
                        throw new PathException(
                                "'" + operator.symbol() + "' computes with single values");
                    }
                    return compute(operator, one.getFirst(), other.getFirst());
                });
    }

    private static List<PathNode> compute(Operator operator, PathNode left, PathNode right) {
        if (operator == Operator.PLUS
                && left.type().category() == Category.STRING
                && right.type().category() == Category.STRING) {
            return List.of(
                    PathNode.of(PathFunctions.bounded(left.textOrNull() + right.textOrNull())));
        }
        Amount amount = Amount.of(right);
        if (amount != null
                && TemporalArithmetic.isTemporal(left)
                && (operator == Operator.PLUS || operator == Operator.MINUS)) {
            return TemporalArithmetic.add(left, amount, operator == Operator.MINUS);
        }
        if (amount != null || Amount.of(left) != null) {
            Amount result = QuantityArithmetic.compute(operator, left, right);
            return result == null ? NONE : List.of(result.node());
        }
        if (!isNumber(left) || !isNumber(right)) {
            throw new PathException(
                    "'"
                            + operator.symbol()
                            + "' cannot compute with "
                            + left.type()
                            + " and "
                            + right.type());
        }
        BigDecimal one = PathValues.number(left);
        BigDecimal other = PathValues.number(right);
        boolean divides =
                operator == Operator.DIVIDE
                        || operator == Operator.INTEGER_DIVIDE
                        || operator == Operator.MODULO;
        if (divides && other.signum() == 0) {
            return NONE;
        }
        boolean integers =
                left.type().category() == Category.INTEGER
                        && right.type().category() == Category.INTEGER;
        Category category = integers ? Category.INTEGER : Category.DECIMAL;
        return List.of(
                switch (operator) {
                    case PLUS -> number(category, one.add(other));
                    case MINUS -> number(category, one.subtract(other));
                    case TIMES -> number(category, one.multiply(other));
                    case DIVIDE ->
                            number(Category.DECIMAL, one.divide(other, MathContext.DECIMAL64));
                    case INTEGER_DIVIDE ->
                            number(Category.INTEGER, one.divide(other, 0, RoundingMode.DOWN));
                    case MODULO -> number(category, one.remainder(other));
                    default -> throw new IllegalStateException(operator + " is no arithmetic");
                });
    }
}
