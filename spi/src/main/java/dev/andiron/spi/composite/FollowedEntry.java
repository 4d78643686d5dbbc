package dev.andiron.spi.composite;

import dev.andiron.spi.resource.ResourceKey;

/**
 * One resource that a follower finds.
 *
 * @param key which
 * @param version the version that it was told of last
 * @param position the position that it was told with
 */
public record FollowedEntry(ResourceKey key, long version, long position) {}
