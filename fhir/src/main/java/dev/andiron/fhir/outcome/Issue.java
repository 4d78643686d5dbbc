package dev.andiron.fhir.outcome;

import java.util.List;

/**
 * One thing to tell a client.
 *
 * @param severity how bad it is
 * @param code the FHIR issue type, such as {@code invalid}, {@code not-found}, {@code conflict}
 * @param diagnostics a sentence for a person
 * @param expression FHIRPaths of the elements concerned, such as {@code Patient.name[0].given[1]}
 */
public record Issue(Severity severity, String code, String diagnostics, List<String> expression) {

    /** How bad an issue is. */
    public enum Severity {
        FATAL,
        ERROR,
        WARNING,
        INFORMATION
    }

    public Issue {
        expression = List.copyOf(expression);
    }

    /** An error that is not about an element. */
    public static Issue error(String code, String diagnostics) {
        return new Issue(Severity.ERROR, code, diagnostics, List.of());
    }

    /** An error of an element. */
    public static Issue error(String code, String diagnostics, String expression) {
        return new Issue(Severity.ERROR, code, diagnostics, List.of(expression));
    }

    /** Something that a client may want to look at. */
    public static Issue warning(String code, String diagnostics) {
        return new Issue(Severity.WARNING, code, diagnostics, List.of());
    }

    /** A notice. */
    public static Issue information(String code, String diagnostics) {
        return new Issue(Severity.INFORMATION, code, diagnostics, List.of());
    }
}
