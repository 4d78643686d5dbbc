package dev.andiron.fhir.search;

import dev.andiron.fhir.quantity.CanonicalUnit;

import java.math.BigDecimal;

/** The ranges that numbers in resources and in searches mean. */
record DecimalRange(BigDecimal low, BigDecimal high) {
    /** Stands for no bound at all; within what a double holds, in which some databases compute. */
    static final BigDecimal UNBOUNDED = new BigDecimal("1E+308");

    private static final int DIGITS_OF_A_DOUBLE = 14;
    private static final int FINER = 10;
    private static final BigDecimal HALF = new BigDecimal("0.5");

    /** Exactly the number. */
    static DecimalRange exactly(BigDecimal number) {
        return new DecimalRange(number, number);
    }

    /**
     * What a number in a search means by its digits: 100 is [99.5, 100.5), 1e2 is [50, 150). The
     * upper end stands a hair below, for the numbers in resources are points.
     */
    static DecimalRange byDigits(BigDecimal number) {
        BigDecimal half = number.ulp().multiply(HALF);
        BigDecimal high = number.add(half);
        return new DecimalRange(number.subtract(half), high.subtract(hair(high)));
    }

    /** A tenth around the number, for {@code ap}, but at least what its digits mean. */
    static DecimalRange about(BigDecimal number) {
        BigDecimal around = number.abs().movePointLeft(1).max(number.ulp().multiply(HALF));
        return new DecimalRange(number.subtract(around), number.add(around));
    }

    /** As narrow as can be around the number with both ends clear of it. */
    static DecimalRange justAround(BigDecimal number) {
        BigDecimal hair = hair(number);
        return new DecimalRange(number.subtract(hair), number.add(hair));
    }

    /** The same range in a unit's canonical unit; what has no bound keeps none. */
    DecimalRange in(CanonicalUnit unit) {
        return new DecimalRange(
                isUnbounded(low) ? low : unit.convert(low),
                isUnbounded(high) ? high : unit.convert(high));
    }

    private static boolean isUnbounded(BigDecimal end) {
        return end.abs().compareTo(UNBOUNDED) == 0;
    }

    /** Far below the number's own digits, and not lost when it becomes a double. */
    private static BigDecimal hair(BigDecimal number) {
        BigDecimal fine = number.ulp().movePointLeft(FINER);
        if (number.signum() == 0) {
            return fine;
        }
        int magnitude = number.precision() - number.scale() - 1;
        return fine.max(BigDecimal.ONE.movePointRight(magnitude - DIGITS_OF_A_DOUBLE));
    }
}
