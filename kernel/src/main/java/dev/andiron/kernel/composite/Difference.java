package dev.andiron.kernel.composite;

import dev.andiron.spi.resource.ResourceKey;

/**
 * In what a follower differs from its primary.
 *
 * @param kind how
 * @param key which resource
 * @param expected the primary's version; 0 when it knows none
 * @param found the version that the follower has; 0 when it has none
 * @param isAhead whether the follower has it from a position that the primary has not reached
 */
public record Difference(Kind kind, ResourceKey key, long expected, long found, boolean isAhead) {

    /** How it differs. */
    public enum Kind {
        /** The primary has it, the follower does not. */
        MISSING,
        /** The follower has another version. */
        STALE,
        /** The follower has the version, and finds it by other values. */
        ALTERED,
        /** The follower has what the primary has deleted. */
        DELETED,
        /** The follower has what the primary never had. */
        EXTRA
    }

    /** Whether it is the same, wherever the follower has it from. */
    boolean isLike(Difference other) {
        return kind == other.kind
                && key.equals(other.key)
                && expected == other.expected
                && found == other.found;
    }
}
