package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Read and vread, conditional or not. The stored bytes are the answer. */
final class ReadInteraction {
    private final Services services;

    ReadInteraction(Services services) {
        this.services = services;
    }

    FhirResponse current(FhirRequest request) {
        ResultParameters.require(request);
        var key = new ResourceKey(request.path().get(0), request.path().get(1));
        return services.storage()
                .resources()
                .read(request.tenant(), key)
                .map(resource -> answer(request, resource))
                .orElseGet(() -> unknown(key + " is not known."));
    }

    FhirResponse version(FhirRequest request) {
        ResultParameters.require(request);
        var key = new ResourceKey(request.path().get(0), request.path().get(1));
        String version = request.path().get(3);
        boolean isNumber =
                version.length() <= 18 && version.chars().allMatch(c -> c >= '0' && c <= '9');
        Optional<StoredResource> found =
                isNumber
                        ? services.storage()
                                .versions()
                                .readVersion(request.tenant(), key, Long.parseLong(version))
                        : Optional.empty();
        return found.map(resource -> answer(request, resource))
                .orElseGet(() -> unknown("%s has no version %s.".formatted(key, version)));
    }

    private FhirResponse answer(FhirRequest request, StoredResource resource) {
        if (resource.deleted()) {
            return gone(resource);
        }
        if (notModified(request.conditions(), resource)) {
            return FhirResponse.of(304).withVersion(ResourceHead.of(resource));
        }
        requireElements(request);
        var response = FhirResponse.of(200, resource);
        return request.parameters().isEmpty()
                ? response
                : services.rules()
                        .subset(request.parameters())
                        .map(subset -> subset.apply(resource.content().bytes()))
                        .map(bytes -> response.withContent(Content.of(Json.of(bytes))))
                        .orElse(response);
    }

    private void requireElements(FhirRequest request) {
        if (request.parameters().isEmpty() || request.preferences().lenient()) {
            return;
        }
        String type = request.path().getFirst();
        request.parameters()
                .first("_elements")
                .map(names -> services.rules().unknownElements(Set.of(type), names))
                .filter(unknown -> !unknown.isEmpty())
                .ifPresent(
                        unknown -> {
                            throw new FhirException(
                                    400,
                                    "value",
                                    "_elements: %s has no element '%s'."
                                            .formatted(type, String.join("', '", unknown)));
                        });
    }

    private static FhirResponse unknown(String message) {
        return FhirResponse.outcome(404, List.of(Issue.error("not-found", message)));
    }

    private static FhirResponse gone(StoredResource deleted) {
        return FhirResponse.outcome(
                        410,
                        List.of(
                                Issue.error(
                                        "deleted",
                                        "%s was deleted at %s; version %d marks the delete."
                                                .formatted(
                                                        deleted.key(),
                                                        deleted.lastUpdated(),
                                                        deleted.version()))))
                .withVersion(ResourceHead.of(deleted));
    }

    private static boolean notModified(Conditions conditions, StoredResource resource) {
        if (conditions.ifNoneMatch().isPresent()) {
            return EntityTags.parse("If-None-Match", conditions.ifNoneMatch().get())
                    .include(resource.version());
        }
        if (conditions.ifModifiedSince().isPresent()) {
            Instant since = instant(conditions.ifModifiedSince().get());
            // An HTTP date has no fractions of a second.
            return !resource.lastUpdated().truncatedTo(ChronoUnit.SECONDS).isAfter(since);
        }
        return false;
    }

    private static Instant instant(String text) {
        try {
            return text.indexOf('T') > 0 && !text.contains(",")
                    ? OffsetDateTime.parse(text).toInstant()
                    : ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        } catch (DateTimeException e) {
            throw new FhirException(
                    400,
                    "value",
                    "If-Modified-Since takes a date such as 'Sat, 21 Nov 2026 02:05:34 GMT', not '"
                            + text
                            + "'.");
        }
    }
}
