package dev.andiron.server.interaction;

import java.util.Locale;
import java.util.Optional;

/**
 * What the header fields {@code Prefer}, {@code Accept} and {@code Range} ask for.
 *
 * @param content what a write answers with
 * @param lenient whether parameters that the server does not know are passed over and reported,
 *     instead of refused
 * @param strict whether it is asked for in so many words that nothing is passed over
 * @param async whether the answer may come later, by a job
 * @param accept the {@code Accept} field of a request for an operation, which may answer with
 *     something else than a resource
 * @param range which part of a file is wanted
 */
public record Preferences(
        Return content,
        boolean lenient,
        boolean strict,
        boolean async,
        Optional<String> accept,
        Optional<ByteRange> range) {
    private static final Preferences STANDARD =
            new Preferences(
                    Return.REPRESENTATION, false, false, false, Optional.empty(), Optional.empty());

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
        boolean strict = false;
        boolean async = false;
        for (String preference : field.split("[,;]")) {
            switch (preference.strip().toLowerCase(Locale.ROOT).replace("\"", "")) {
                case "return=minimal" -> content = Return.MINIMAL;
                case "return=representation" -> content = Return.REPRESENTATION;
                case "return=operationoutcome" -> content = Return.OPERATION_OUTCOME;
                case "respond-async" -> async = true;
                case "handling=lenient" -> {
                    lenient = true;
                    strict = false;
                }
                case "handling=strict" -> {
                    lenient = false;
                    strict = true;
                }
                default -> {
                    // a preference of another standard
                }
            }
        }
        return new Preferences(content, lenient, strict, async, Optional.empty(), Optional.empty());
    }

    /** The same with an {@code Accept} field. */
    public Preferences accepting(String field) {
        return new Preferences(content, lenient, strict, async, Optional.ofNullable(field), range);
    }

    /** The same for a part of a file. */
    public Preferences of(ByteRange part) {
        return new Preferences(content, lenient, strict, async, accept, Optional.of(part));
    }
}
