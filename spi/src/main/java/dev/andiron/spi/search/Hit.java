package dev.andiron.spi.search;

import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One resource that was found.
 *
 * @param key which
 * @param resource its current version, if the engine keeps contents; otherwise the kernel reads it
 *     from the store
 * @param score how well it matches, from 0 to 1, when relevance was asked for
 */
public record Hit(ResourceKey key, Optional<StoredResource> resource, OptionalDouble score) {

    public static Hit of(StoredResource resource) {
        return new Hit(resource.key(), Optional.of(resource), OptionalDouble.empty());
    }
}
