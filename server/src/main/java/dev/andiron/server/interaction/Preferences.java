package dev.andiron.server.interaction;

import java.util.Locale;

/**
 * What the {@code Prefer} header field asks for.
 *
 * @param content what a write answers with
 * @param lenient whether parameters that the server does not know are passed over and reported,
 *     instead of refused
 */
public record Preferences(Return content, boolean lenient) {
    private static final Preferences STANDARD = new Preferences(Return.REPRESENTATION, false);

    /** What a write answers with. */
    public enum Return {
        MINIMAL,
        REPRESENTATION,
        OPERATION_OUTCOME
    }

    /** The whole resource, and strict handling. */
    public static Preferences standard() {
        return STANDARD;
    }

    /** Reads the field's value; preferences that it does not know are ignored, as RFC 7240 says. */
    public static Preferences parse(String field) {
        if (field == null) {
            return STANDARD;
        }
        Return content = Return.REPRESENTATION;
        boolean lenient = false;
        for (String preference : field.split("[,;]")) {
            switch (preference.strip().toLowerCase(Locale.ROOT).replace("\"", "")) {
                case "return=minimal" -> content = Return.MINIMAL;
                case "return=representation" -> content = Return.REPRESENTATION;
                case "return=operationoutcome" -> content = Return.OPERATION_OUTCOME;
                case "handling=lenient" -> lenient = true;
                case "handling=strict" -> lenient = false;
                default -> {
                    // a preference of another standard
                }
            }
        }
        return new Preferences(content, lenient);
    }
}
