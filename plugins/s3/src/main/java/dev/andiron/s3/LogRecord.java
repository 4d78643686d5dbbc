package dev.andiron.s3;

import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import java.time.Instant;
import java.util.Optional;

/**
 * One change as the log names it.
 *
 * @param key what changed
 * @param position its place among the tenant's changes, from 1 without gaps
 * @param kind what happened
 * @param version the version that was made; 0 for a purge
 * @param lastUpdated when, in milliseconds; 0 for a purge
 * @param fhirVersion the release of its content; of no meaning for a purge
 * @param content where its content lies; empty unless it is a put
 */
record LogRecord(
        ResourceKey key,
        long position,
        Kind kind,
        long version,
        long lastUpdated,
        FhirVersion fhirVersion,
        Optional<Location> content) {

    /** What happened. The order is that of the numbers in the log. */
    enum Kind {
        PUT,
        DELETE,
        PURGE
    }

    boolean live() {
        return kind == Kind.PUT;
    }

    boolean purge() {
        return kind == Kind.PURGE;
    }

    ResourceHead head() {
        return new ResourceHead(
                key, version, Instant.ofEpochMilli(lastUpdated), kind == Kind.DELETE);
    }

    StoredResource resource(Json json) {
        return new StoredResource(
                key,
                version,
                Instant.ofEpochMilli(lastUpdated),
                fhirVersion,
                kind == Kind.DELETE,
                json);
    }
}
