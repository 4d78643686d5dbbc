package dev.andiron.spi.composite;

/** How a composite keeps a follower in step with its primary. */
public enum Synchronization {
    /** A write returns when the follower has it too, so that every search behind it finds it. */
    SYNCHRONOUS,
    /** A write returns when the primary has it; a search takes the follower as it is. */
    ASYNCHRONOUS,
    /**
     * A write returns when the primary has it; a search waits until the follower has all that the
     * tenant had been acknowledged before.
     */
    HYBRID
}
