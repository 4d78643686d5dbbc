package dev.andiron.fhir.quantity;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A unit as a factor and powers of base units. */
record ReducedUnit(BigDecimal numerator, BigDecimal denominator, Map<String, Integer> powers) {
    static final ReducedUnit ONE = number(BigDecimal.ONE);

    static ReducedUnit number(BigDecimal factor) {
        return new ReducedUnit(factor, BigDecimal.ONE, Map.of());
    }

    static ReducedUnit base(String code) {
        return new ReducedUnit(BigDecimal.ONE, BigDecimal.ONE, Map.of(code, 1));
    }

    ReducedUnit times(ReducedUnit other) {
        var sums = new TreeMap<>(powers);
        other.powers.forEach((code, power) -> sums.merge(code, power, Math::addExact));
        sums.values().removeIf(power -> power == 0);
        return new ReducedUnit(
                numerator.multiply(other.numerator), denominator.multiply(other.denominator), sums);
    }

    ReducedUnit inverse() {
        var negated = new TreeMap<String, Integer>();
        powers.forEach((code, power) -> negated.put(code, -power));
        return new ReducedUnit(denominator, numerator, negated);
    }

    ReducedUnit power(int exponent) {
        ReducedUnit base = exponent < 0 ? inverse() : this;
        int count = Math.abs(exponent);
        var multiplied = new TreeMap<String, Integer>();
        if (count > 0) {
            base.powers.forEach((code, power) -> multiplied.put(code, power * count));
        }
        return new ReducedUnit(base.numerator.pow(count), base.denominator.pow(count), multiplied);
    }

    CanonicalUnit canonical() {
        String code =
                powers.entrySet().stream()
                        .map(
                                entry ->
                                        entry.getValue() == 1
                                                ? entry.getKey()
                                                : entry.getKey() + entry.getValue())
                        .collect(Collectors.joining("."));
        return new CanonicalUnit(
                code.isEmpty() ? "1" : code,
                BigDecimal.ZERO,
                numerator.stripTrailingZeros(),
                denominator.stripTrailingZeros());
    }
}
