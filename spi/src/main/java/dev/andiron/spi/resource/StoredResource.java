package dev.andiron.spi.resource;

import java.time.Instant;
import java.util.Objects;

/**
 * One version of a resource: the facts that a store keeps and the content that it does not look
 * into.
 *
 * @param key type and id
 * @param version 1, 2, 3 ... within the key; a delete is a version too
 * @param lastUpdated when it was written, in whole milliseconds
 * @param fhirVersion the release of its content
 * @param deleted whether this version is the mark of a delete
 * @param content the complete resource with {@code id}, {@code meta.versionId} and {@code
 *     meta.lastUpdated}; empty when deleted
 */
public record StoredResource(
        ResourceKey key,
        long version,
        Instant lastUpdated,
        FhirVersion fhirVersion,
        boolean deleted,
        Json content) {

    public StoredResource {
        Objects.requireNonNull(key, "key is null");
        Objects.requireNonNull(lastUpdated, "lastUpdated is null");
        Objects.requireNonNull(fhirVersion, "fhirVersion is null");
        if (version < 1) {
            throw new IllegalArgumentException("versions count from 1");
        }
        if (lastUpdated.getNano() % 1_000_000 != 0) {
            throw new IllegalArgumentException("lastUpdated is in whole milliseconds");
        }
        if (deleted != content.isEmpty()) {
            throw new IllegalArgumentException("a version has content unless it is deleted");
        }
    }
}
