package dev.andiron.spi.resource;

/**
 * What a commit became.
 *
 * @param position the position of its last change in the store's order of commits; within a tenant
 *     a later commit has a larger one. A commit that changes nothing has that of the last change
 *     before it. 0 from a store without an order (no change feed).
 */
public record CommitResult(long position) {}
