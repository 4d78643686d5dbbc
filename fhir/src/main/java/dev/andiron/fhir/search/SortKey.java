package dev.andiron.fhir.search;

import java.math.BigDecimal;
import java.time.Instant;

/** By what one resource sorts under one {@link dev.andiron.spi.search.Sort}. */
public sealed interface SortKey {

    /** It has no value: last, whatever the direction. */
    record Missing() implements SortKey {}

    /** A text, compared by code points. */
    record Text(String text) implements SortKey {}

    /** A moment. */
    record Time(Instant instant) implements SortKey {}

    /** A number. */
    record Decimal(BigDecimal number) implements SortKey {}

    /** The key as text, from which {@link #decode} makes an equal one. */
    default String encode() {
        return switch (this) {
            case Missing() -> "-";
            case Text(String text) -> "t" + text;
            case Time(Instant instant) -> "i" + instant.getEpochSecond() + "." + instant.getNano();
            case Decimal(BigDecimal number) -> "d" + number;
        };
    }

    /**
     * Reads an encoded key.
     *
     * @throws IllegalArgumentException if no key was encoded so
     */
    static SortKey decode(String encoded) {
        if (encoded.isEmpty()) {
            throw new IllegalArgumentException("a sort key is empty");
        }
        String rest = encoded.substring(1);
        return switch (encoded.charAt(0)) {
            case '-' -> new Missing();
            case 't' -> new Text(rest);
            case 'i' -> {
                int dot = rest.indexOf('.');
                yield new Time(
                        Instant.ofEpochSecond(
                                Long.parseLong(rest, 0, dot, 10),
                                Long.parseLong(rest, dot + 1, rest.length(), 10)));
            }
            case 'd' -> new Decimal(new BigDecimal(rest));
            default -> throw new IllegalArgumentException("not a sort key");
        };
    }
}
