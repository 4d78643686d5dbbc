package dev.andiron.server.interaction.search;

import java.util.Locale;
import java.util.OptionalDouble;

/** The member {@code search} of a bundle's entry, as JSON text. */
public final class SearchEntry {
    /** Of a resource that goes with the matches. */
    public static final String INCLUDE = "\"search\":{\"mode\":\"include\"}";

    /** Of a resource that matches. */
    public static final String MATCH = "\"search\":{\"mode\":\"match\"}";

    private SearchEntry() {}

    /** Of a resource that matches, with how well it does if that is known. */
    static String match(OptionalDouble score) {
        return score.isEmpty()
                ? MATCH
                : "\"search\":{\"mode\":\"match\",\"score\":%s}"
                        .formatted(String.format(Locale.ROOT, "%.6f", score.getAsDouble()));
    }
}
