package dev.andiron.fhir.json;

import java.math.BigDecimal;

/**
 * A JSON number with the digits it was written with: {@code 1.0} and {@code 1.00} differ.
 *
 * @param text the number as it stands in JSON
 */
public record JsonNumber(String text) implements JsonValue {

    public static JsonNumber of(String text) {
        return new JsonNumber(text);
    }

    public static JsonNumber of(long value) {
        return new JsonNumber(Long.toString(value));
    }

    /** The value with its precision. */
    public BigDecimal decimal() {
        return new BigDecimal(text);
    }
}
