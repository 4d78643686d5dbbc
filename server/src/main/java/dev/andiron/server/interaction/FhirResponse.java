package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.outcome.OperationOutcome;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.StoredResource;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The answer to a {@link FhirRequest}. Immutable.
 *
 * @param status the HTTP status
 * @param version the version that the answer is about: gives {@code ETag} and {@code Last-Modified}
 *     (in a bundle: {@code entry.response.etag} and {@code lastModified})
 * @param location the URL of a version that was made, absolute
 * @param headers further header fields, such as {@code Allow}
 * @param content the body; empty for none
 * @param download a body that is no resource, sent instead of content; empty for none
 * @param isOutcome whether the body is an OperationOutcome (in a bundle: {@code
 *     entry.response.outcome}, not {@code entry.resource})
 */
public record FhirResponse(
        int status,
        Optional<ResourceHead> version,
        Optional<String> location,
        Map<String, String> headers,
        Optional<Content> content,
        Optional<Download> download,
        boolean isOutcome) {

    private FhirResponse(
            int status,
            Optional<ResourceHead> version,
            Optional<String> location,
            Map<String, String> headers,
            Optional<Content> content,
            boolean isOutcome) {
        this(status, version, location, headers, content, Optional.empty(), isOutcome);
    }

    /** A body that is no resource, such as a table. */
    public static FhirResponse of(int status, Download download) {
        return new FhirResponse(
                status,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Optional.of(download),
                false);
    }

    /** A stored version as it is. */
    public static FhirResponse of(int status, StoredResource resource) {
        return new FhirResponse(
                status,
                Optional.of(ResourceHead.of(resource)),
                Optional.empty(),
                Map.of(),
                resource.deleted() ? Optional.empty() : Optional.of(Content.of(resource.content())),
                false);
    }

    /** A body that is not a stored version, such as a bundle. */
    public static FhirResponse of(int status, Content content) {
        return new FhirResponse(
                status, Optional.empty(), Optional.empty(), Map.of(), Optional.of(content), false);
    }

    /** No body. */
    public static FhirResponse of(int status) {
        return new FhirResponse(
                status, Optional.empty(), Optional.empty(), Map.of(), Optional.empty(), false);
    }

    /** An OperationOutcome. */
    public static FhirResponse outcome(int status, List<Issue> issues) {
        return of(status).withOutcome(issues);
    }

    public FhirResponse withOutcome(List<Issue> issues) {
        return new FhirResponse(
                status,
                version,
                location,
                headers,
                Optional.of(Content.of(OperationOutcome.of(issues))),
                true);
    }

    public FhirResponse withContent(Content other) {
        return new FhirResponse(status, version, location, headers, Optional.of(other), false);
    }

    public FhirResponse withoutContent() {
        return new FhirResponse(status, version, location, headers, Optional.empty(), false);
    }

    public FhirResponse withVersion(ResourceHead head) {
        return new FhirResponse(status, Optional.of(head), location, headers, content, isOutcome);
    }

    public FhirResponse withLocation(String url) {
        return new FhirResponse(status, version, Optional.of(url), headers, content, isOutcome);
    }

    public FhirResponse withHeader(String name, String value) {
        var more = new TreeMap<>(headers);
        more.put(name, value);
        return new FhirResponse(
                status, version, location, Map.copyOf(more), content, download, isOutcome);
    }
}
