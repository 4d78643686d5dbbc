package dev.andiron.spi;

/** How much of a commit is applied or refused as a whole. */
public enum Atomicity {
    /** Each resource by itself: a commit of several mutations may be applied in part by a crash. */
    RESOURCE,
    /** The whole commit: all of its mutations or none, for every reader and after every crash. */
    COMMIT
}
