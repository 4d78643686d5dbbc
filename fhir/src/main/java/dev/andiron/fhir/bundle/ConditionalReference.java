package dev.andiron.fhir.bundle;

import java.util.Optional;

/**
 * A reference that says what to search for, such as {@code Patient?identifier=system|value}.
 *
 * @param text as it stands in the resource
 * @param type the resource type
 * @param query the criteria, as in a URL behind the question mark
 */
public record ConditionalReference(String text, String type, String query) {

    /** The conditional reference that a text is, if it is one. */
    public static Optional<ConditionalReference> of(String text) {
        int question = text.indexOf('?');
        if (question <= 0 || text.charAt(0) < 'A' || text.charAt(0) > 'Z') {
            return Optional.empty();
        }
        for (int i = 1; i < question; i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')) {
                return Optional.empty();
            }
        }
        return Optional.of(
                new ConditionalReference(
                        text, text.substring(0, question), text.substring(question + 1)));
    }
}
