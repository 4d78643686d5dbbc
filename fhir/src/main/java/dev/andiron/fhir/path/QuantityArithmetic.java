package dev.andiron.fhir.path;

import dev.andiron.fhir.path.Expression.Operator;

import java.math.BigDecimal;
import java.math.MathContext;

/** Quantities with quantities and numbers. */
final class QuantityArithmetic {

    private QuantityArithmetic() {}

    /** Computes; null when it divides by zero. */
    static Amount compute(Operator operator, PathNode left, PathNode right) {
        Amount one = Amount.of(left);
        Amount other = Amount.of(right);
        if (one != null && other != null) {
            return switch (operator) {
                case PLUS -> one.with(one.value().add(inUnitOf(one, other, operator)));
                case MINUS -> one.with(one.value().subtract(inUnitOf(one, other, operator)));
                case TIMES -> Units.times(one, other);
                case DIVIDE -> Units.by(one, other);
                default -> throw impossible(operator, left, right);
            };
        }
        if (one != null && PathOperators.isNumber(right)) {
            BigDecimal number = PathValues.number(right);
            return switch (operator) {
                case TIMES -> one.with(one.value().multiply(number));
                case DIVIDE ->
                        number.signum() == 0
                                ? null
                                : one.with(one.value().divide(number, MathContext.DECIMAL64));
                default -> throw impossible(operator, left, right);
            };
        }
        if (other != null && PathOperators.isNumber(left) && operator == Operator.TIMES) {
            return other.with(other.value().multiply(PathValues.number(left)));
        }
        throw impossible(operator, left, right);
    }

    private static BigDecimal inUnitOf(Amount one, Amount other, Operator operator) {
        Amount converted = Units.converted(other, one.unit());
        if (converted == null) {
            throw new PathException(
                    "'" + operator.symbol() + "' needs comparable units: " + one + ", " + other);
        }
        return converted.value();
    }

    private static PathException impossible(Operator operator, PathNode left, PathNode right) {
        return new PathException(
                "'"
                        + operator.symbol()
                        + "' cannot compute with "
                        + left.type()
                        + " and "
                        + right.type());
    }
}
