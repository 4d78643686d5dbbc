package dev.andiron.fhir.format;

import java.util.Optional;

/** The values of {@code _summary}. */
public enum Summary {
    /** The elements that the definitions mark as summary, and required ones. */
    TRUE,
    /** The narrative, id, meta, and required elements. */
    TEXT,
    /** Everything but the narrative. */
    DATA,
    /** No resources at all, the count of a search alone. */
    COUNT,
    /** Everything. */
    FALSE;

    /** The value with a name as in a query, such as {@code true}; empty for others. */
    public static Optional<Summary> of(String value) {
        return switch (value) {
            case "true" -> Optional.of(TRUE);
            case "text" -> Optional.of(TEXT);
            case "data" -> Optional.of(DATA);
            case "count" -> Optional.of(COUNT);
            case "false" -> Optional.of(FALSE);
            default -> Optional.empty();
        };
    }
}
