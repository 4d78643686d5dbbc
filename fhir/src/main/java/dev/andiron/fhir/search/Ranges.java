package dev.andiron.fhir.search;

import dev.andiron.spi.search.ValueTest.RangeOperator;

/** The comparison of half-open ranges that {@link RangeOperator} defines. */
final class Ranges {

    private Ranges() {}

    /**
     * Compares.
     *
     * @param low the tested range's first point
     * @param high the first point behind the tested range
     * @param valueLow the value's first point
     * @param valueHigh the first point behind the value
     */
    static <T extends Comparable<T>> boolean test(
            RangeOperator operator, T low, T high, T valueLow, T valueHigh) {
        return switch (operator) {
            case EQ -> contains(low, high, valueLow, valueHigh);
            case NE -> !contains(low, high, valueLow, valueHigh);
            case GT -> valueHigh.compareTo(high) > 0;
            case LT -> valueLow.compareTo(low) < 0;
            case GE -> valueHigh.compareTo(high) > 0 || contains(low, high, valueLow, valueHigh);
            case LE -> valueLow.compareTo(low) < 0 || contains(low, high, valueLow, valueHigh);
            case SA -> valueLow.compareTo(high) >= 0;
            case EB -> valueHigh.compareTo(low) <= 0;
            case AP -> valueLow.compareTo(high) < 0 && valueHigh.compareTo(low) > 0;
        };
    }

    private static <T extends Comparable<T>> boolean contains(
            T low, T high, T valueLow, T valueHigh) {
        return low.compareTo(valueLow) <= 0 && valueHigh.compareTo(high) <= 0;
    }
}
