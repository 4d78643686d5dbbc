package dev.andiron.server.interaction;

import java.util.Optional;

/**
 * The header fields (in a bundle: the elements of {@code entry.request}) that make a request
 * conditional, as they were written.
 *
 * @param ifMatch entity tags that the current version must be among
 * @param ifNoneMatch entity tags that the current version must not be among, or {@code *}
 * @param ifModifiedSince an HTTP date or a FHIR instant
 * @param ifNoneExist the criteria of a conditional create: a query, with or without a question mark
 */
public record Conditions(
        Optional<String> ifMatch,
        Optional<String> ifNoneMatch,
        Optional<String> ifModifiedSince,
        Optional<String> ifNoneExist) {
    private static final Conditions NONE =
            new Conditions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public static Conditions none() {
        return NONE;
    }
}
