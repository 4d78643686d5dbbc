package dev.andiron.fhir.quantity;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/**
 * How values of a unit become values of its canonical unit: {@code (value + offset) * numerator /
 * denominator}, without loss wherever the result has an end.
 *
 * @param code the canonical unit: base units in alphabetical order, such as {@code g.m-3}; {@code
 *     1} for a number
 */
public record CanonicalUnit(
        String code, BigDecimal offset, BigDecimal numerator, BigDecimal denominator) {
    /** For results without an end; each is rounded once, so equal quantities stay equal. */
    private static final int DIGITS = 40;

    private static final BigInteger FIVE = BigInteger.valueOf(5);

    /** A value of the unit as one of the canonical unit. Keeps the order of values. */
    public BigDecimal convert(BigDecimal value) {
        BigDecimal product = value.add(offset).multiply(numerator);
        BigDecimal quotient;
        if (denominator.equals(BigDecimal.ONE)) {
            quotient = product;
        } else if (hasEnd(denominator)) {
            quotient = product.divide(denominator);
        } else {
            quotient =
                    product.divide(
                            denominator, new MathContext(Math.max(DIGITS, product.precision())));
        }
        return quotient.stripTrailingZeros();
    }

    /** Whether a division by it has: 2 and 5 are its only factors. */
    private static boolean hasEnd(BigDecimal divisor) {
        var rest = divisor.stripTrailingZeros().unscaledValue().abs();
        while (!rest.testBit(0)) {
            rest = rest.shiftRight(1);
        }
        var parts = rest.divideAndRemainder(FIVE);
        while (parts[1].signum() == 0) {
            rest = parts[0];
            parts = rest.divideAndRemainder(FIVE);
        }
        return rest.equals(BigInteger.ONE);
    }
}
