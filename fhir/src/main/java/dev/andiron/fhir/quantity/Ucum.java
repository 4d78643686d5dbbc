package dev.andiron.fhir.quantity;

import org.fhir.ucum.UcumException;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The canonical units of UCUM codes. The tables are read when the first code is asked for. Safe for
 * use by many threads.
 */
public final class Ucum {
    /** The system of UCUM codes. */
    public static final String SYSTEM = "http://unitsofmeasure.org";

    /** Longer codes are taken for none. */
    private static final int MAX_LENGTH = 100;

    /** Codes come from clients, so what is remembered about them has a bound. */
    private static final int MAX_REMEMBERED = 4096;

    private static final BigDecimal ZERO_CELSIUS = new BigDecimal("273.15");
    private static final BigDecimal ZERO_FAHRENHEIT = new BigDecimal("459.67");

    /**
     * Scales with a zero of their own, which have no factor; only alone, for 2 Cel/s is no rate.
     */
    private static final Map<String, CanonicalUnit> SCALES =
            Map.of(
                    "Cel",
                    new CanonicalUnit("K", ZERO_CELSIUS, BigDecimal.ONE, BigDecimal.ONE),
                    "[degF]",
                    new CanonicalUnit(
                            "K", ZERO_FAHRENHEIT, BigDecimal.valueOf(5), BigDecimal.valueOf(9)));

    private static final Map<String, Optional<CanonicalUnit>> REMEMBERED =
            new ConcurrentHashMap<>();

    private Ucum() {}

    /** Reads the tables when first used. */
    private static final class Tables {
        private static final UnitReducer REDUCER = UnitReducer.load();
    }

    /**
     * The canonical unit of a code.
     *
     * @return empty for what is no UCUM code, and for units on scales of their own that are neither
     *     Celsius nor Fahrenheit, such as pH or decibel
     */
    public static Optional<CanonicalUnit> canonical(String code) {
        Optional<CanonicalUnit> known = REMEMBERED.get(code);
        if (known == null) {
            known = find(code);
            if (REMEMBERED.size() >= MAX_REMEMBERED) {
                REMEMBERED.clear();
            }
            REMEMBERED.put(code, known);
        }
        return known;
    }

    private static Optional<CanonicalUnit> find(String code) {
        if (code.isEmpty() || code.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        CanonicalUnit scale = SCALES.get(code);
        if (scale != null) {
            return Optional.of(scale);
        }
        try {
            return Tables.REDUCER.reduce(code).map(ReducedUnit::canonical);
        } catch (UcumException | IllegalArgumentException | IndexOutOfBoundsException unknown) {
            // The parser's ways to say that a text is no unit.
            return Optional.empty();
        }
    }
}
