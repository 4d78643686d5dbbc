package dev.andiron.spi.resource;

import java.time.Instant;

/**
 * The facts of a version without its content.
 *
 * @param key type and id
 * @param version its number
 * @param lastUpdated when it was written
 * @param deleted whether it marks a delete
 */
public record ResourceHead(ResourceKey key, long version, Instant lastUpdated, boolean deleted) {

    public static ResourceHead of(StoredResource resource) {
        return new ResourceHead(
                resource.key(), resource.version(), resource.lastUpdated(), resource.deleted());
    }
}
