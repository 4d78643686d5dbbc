package dev.andiron.fhir.path;

import dev.andiron.fhir.path.PathType.Category;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;

/** The functions on numbers. */
final class MathFunctions {
    private static final int MAX_SCALE = 28;
    private static final int MAX_POWER = 1_000;

    private MathFunctions() {}

    static void addTo(Map<String, PathFunction> functions) {
        functions.put("abs", MathFunctions::abs);
        functions.put("ceiling", site -> whole(site, RoundingMode.CEILING));
        functions.put("floor", site -> whole(site, RoundingMode.FLOOR));
        functions.put("truncate", site -> whole(site, RoundingMode.DOWN));
        functions.put("exp", site -> real(site, value -> real(Math.exp(value.doubleValue()))));
        functions.put("ln", site -> real(site, value -> real(Math.log(value.doubleValue()))));
        functions.put("sqrt", site -> real(site, MathFunctions::sqrt));
        functions.put("log", site -> binary(site, MathFunctions::log));
        functions.put("power", site -> binary(site, MathFunctions::power));
        functions.put("round", MathFunctions::round);
    }

    private interface Function {
        /** Null for nothing. */
        BigDecimal of(BigDecimal value);
    }

    private interface Operation {
        /** Null for nothing. */
        PathNode of(PathNode left, PathNode right);
    }

    private static BigDecimal number(PathNode node, String where) {
        if (!PathOperators.isNumber(node)) {
            throw new PathException(where + " needs a number, got a " + node.type());
        }
        return PathValues.number(node);
    }

    private static Compiled abs(CallSite site) {
        return site.takes(0)
                .single(
                        null,
                        node -> {
                            Amount amount = Amount.of(node);
                            return amount == null
                                    ? PathOperators.number(
                                            node.type().category(), number(node, "abs()").abs())
                                    : amount.with(amount.value().abs()).node();
                        });
    }

    private static Compiled whole(CallSite site, RoundingMode mode) {
        String where = site.takes(0).shown();
        return site.single(
                PathType.SYSTEM_INTEGER,
                node ->
                        PathOperators.number(
                                Category.INTEGER, number(node, where).setScale(0, mode)));
    }

    private static Compiled real(CallSite site, Function function) {
        String where = site.takes(0).shown();
        return site.single(
                PathType.SYSTEM_DECIMAL,
                node -> {
                    BigDecimal result = function.of(number(node, where));
                    return result == null ? null : PathOperators.number(Category.DECIMAL, result);
                });
    }

    /** Null when there is no such number. */
    private static BigDecimal real(double value) {
        return Double.isFinite(value) ? new BigDecimal(Double.toString(value)) : null;
    }

    private static BigDecimal sqrt(BigDecimal value) {
        return value.signum() < 0 ? null : value.sqrt(MathContext.DECIMAL64);
    }

    private static Compiled binary(CallSite site, Operation operation) {
        Evaluation nodes = site.takes(1).input();
        Evaluation argument = site.argument(0).evaluation();
        String where = site.shown();
        return Compiled.open(
                (input, scope) -> {
                    PathNode left = CallSite.one(nodes.on(input, scope), where);
                    PathNode right = CallSite.one(argument.on(input, scope), where);
                    if (left == null || right == null) {
                        return List.of();
                    }
                    number(left, where);
                    number(right, where);
                    PathNode result = operation.of(left, right);
                    return result == null ? List.of() : List.of(result);
                });
    }

    private static PathNode log(PathNode left, PathNode right) {
        double base = PathValues.number(right).doubleValue();
        double value = PathValues.number(left).doubleValue();
        // Exact for the usual bases, where a quotient of natural logarithms is not.
        double log = base == 10 ? Math.log10(value) : Math.log10(value) / Math.log10(base);
        BigDecimal result = real(log);
        return result == null ? null : PathOperators.number(Category.DECIMAL, result);
    }

    private static PathNode power(PathNode left, PathNode right) {
        BigDecimal base = PathValues.number(left);
        BigDecimal exponent = PathValues.number(right);
        boolean isInteger = left.type().category() == Category.INTEGER;
        boolean isExact =
                right.type().category() == Category.INTEGER
                        && exponent.signum() >= 0
                        && exponent.compareTo(BigDecimal.valueOf(MAX_POWER)) <= 0
                        && (long) base.precision() * exponent.intValue() <= MAX_POWER;
        if (isExact) {
            return PathOperators.number(
                    isInteger ? Category.INTEGER : Category.DECIMAL,
                    base.pow(exponent.intValueExact()));
        }
        BigDecimal result = real(Math.pow(base.doubleValue(), exponent.doubleValue()));
        return result == null ? null : PathOperators.number(Category.DECIMAL, result);
    }

    private static Compiled round(CallSite site) {
        Evaluation nodes = site.takes(0, 1).input();
        Evaluation digits = site.optional(0);
        return Compiled.of(
                (input, scope) -> {
                    PathNode node = CallSite.one(nodes.on(input, scope), "round()");
                    if (node == null) {
                        return List.of();
                    }
                    Integer scale = PathFunctions.integer(digits.on(input, scope), "round()");
                    int wanted = scale == null ? 0 : scale;
                    if (wanted < 0 || wanted > MAX_SCALE) {
                        throw new PathException(
                                "round() keeps 0 to " + MAX_SCALE + " digits, not " + wanted);
                    }
                    BigDecimal rounded =
                            number(node, "round()").setScale(wanted, RoundingMode.HALF_UP);
                    return List.of(PathOperators.number(Category.DECIMAL, rounded));
                },
                PathType.SYSTEM_DECIMAL);
    }
}
