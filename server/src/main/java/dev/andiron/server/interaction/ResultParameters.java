package dev.andiron.server.interaction;

import dev.andiron.fhir.format.Summary;
import dev.andiron.fhir.outcome.FhirException;

import java.util.Set;
import java.util.TreeSet;

/** The parameters that shape an answer without deciding what is found. */
public final class ResultParameters {
    /** Those that every interaction takes. */
    public static final Set<String> COMMON = Set.of("_format", "_pretty", "_summary", "_elements");

    /** Those that say how an answer is written, and nothing else. */
    public static final Set<String> FORM = Set.of("_format", "_pretty");

    private ResultParameters() {}

    /**
     * Refuses parameters other than the common ones, unless the client wants lenient handling.
     *
     * @throws FhirException 400
     */
    public static void require(FhirRequest request) {
        if (request.parameters().isEmpty()) {
            return;
        }
        if (!request.preferences().lenient()) {
            refuseOthers(request.parameters(), COMMON);
        }
        request.parameters().first("_summary").ifPresent(ResultParameters::summary);
    }

    /**
     * The meaning of {@code _summary}.
     *
     * @throws FhirException 400 for a value that is not known
     */
    static Summary summary(String text) {
        return Summary.of(text)
                .orElseThrow(
                        () ->
                                new FhirException(
                                        400,
                                        "value",
                                        "_summary takes true, text, data, count or false, not '%s'."
                                                .formatted(text)));
    }

    /**
     * Refuses parameters of other names.
     *
     * @throws FhirException 400
     */
    static void refuseOthers(Parameters parameters, Set<String> known) {
        for (Parameters.Entry entry : parameters.entries()) {
            if (!known.contains(entry.name())) {
                throw new FhirException(
                        400,
                        "not-supported",
                        "The parameter '%s' is not known here; known are %s."
                                .formatted(entry.name(), String.join(", ", new TreeSet<>(known))));
            }
        }
    }
}
