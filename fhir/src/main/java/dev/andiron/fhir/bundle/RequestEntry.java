package dev.andiron.fhir.bundle;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.Issue;

import java.util.List;
import java.util.Optional;

/** One entry of a batch or transaction. */
public sealed interface RequestEntry {

    /** Its place in the bundle, from 0. */
    int index();

    /** Its place as a FHIRPath, such as {@code Bundle.entry[3]}. */
    default String expression() {
        return "Bundle.entry[" + index() + "]";
    }

    /** An entry that cannot be read as a request. */
    record Malformed(int index, List<Issue> issues) implements RequestEntry {
        public Malformed {
            issues = List.copyOf(issues);
        }
    }

    /**
     * A request.
     *
     * @param fullUrl what other entries refer to it by
     * @param method its method
     * @param url relative to the server's base, such as {@code Patient?identifier=a|b}; an absolute
     *     one is kept as it is
     * @param resource present for POST, PUT and PATCH
     * @param ifMatch entity tags
     * @param ifNoneMatch entity tags or {@code *}
     * @param ifModifiedSince a FHIR instant
     * @param ifNoneExist the criteria of a conditional create
     */
    record Request(
            int index,
            Optional<String> fullUrl,
            EntryMethod method,
            String url,
            Optional<JsonObject> resource,
            Optional<String> ifMatch,
            Optional<String> ifNoneMatch,
            Optional<String> ifModifiedSince,
            Optional<String> ifNoneExist)
            implements RequestEntry {}
}
