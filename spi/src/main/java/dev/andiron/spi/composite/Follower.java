package dev.andiron.spi.composite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.tenant.TenantContext;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The side of a search backend that follows a primary. The kernel reads the primary's change feed,
 * extracts the search values, and applies them here; how far it came is kept here too, with the
 * data. Safe for use by many threads at once, and by several nodes that apply the same changes.
 * Every method may throw {@link dev.andiron.spi.StorageException}; {@code Unavailable} is tried
 * again.
 */
public interface Follower {

    /**
     * How far the follower has come.
     *
     * @return the position through which everything is applied; 0 for a tenant that it does not
     *     know. Smaller than before if the follower has lost what it had
     */
    long applied(TenantContext tenant);

    /**
     * Applies states of resources, and then moves on. On return both are applied, and either
     * durable or lost together: whatever crashes, a position never outlives the states that it
     * stands for. After an exception some of the states may have been applied, and the position has
     * not moved.
     *
     * @param projections the states, at most one for a key, in the order of their positions
     * @param through the position through which the tenant's changes are applied by this call and
     *     those before it; never moves back: a smaller one than before, such as 0, leaves it
     */
    void apply(TenantContext tenant, List<Projection> projections, long through);

    /**
     * Makes what was applied before this call visible to searches that begin after it; in a second
     * copy, too.
     */
    void refresh(TenantContext tenant);

    /**
     * What searches can find, in the order of keys: for comparing it with the primary. Shows what
     * was applied before the call.
     *
     * @param after only keys behind this one
     * @param limit how many at most, from 1
     * @return fewer than {@code limit} only when the end was reached
     */
    List<FollowedEntry> entries(TenantContext tenant, Optional<ResourceKey> after, int limit);

    /**
     * Compares what it holds with what it should hold, in content.
     *
     * @param expected states as {@link #apply} would get them
     * @return the keys that it holds differently, or not at all; the position is not compared
     */
    Set<ResourceKey> differing(TenantContext tenant, Collection<Projection.Present> expected);

    /**
     * Forgets resources whatever their position, as if never told of them. Only for entries that
     * cannot have come from the primary, or are from a position that it has not reached.
     */
    void forget(TenantContext tenant, Collection<ResourceKey> keys);

    /**
     * Forgets everything of a tenant, its position too, so that it can be followed from the
     * beginning.
     */
    void reset(TenantContext tenant);

    // Building a tenant's data anew while searches go on

    /** Whether a second copy of a tenant's data can be built beside the one that searches use. */
    default boolean canRebuild() {
        return false;
    }

    /**
     * Begins a second copy of a tenant's data: empty, durable, and seen by no search. One that was
     * begun before is dropped.
     */
    default void beginRebuild(TenantContext tenant) {
        throw new StorageException.NotSupported("it cannot be rebuilt while searches go on");
    }

    /**
     * Whether there is a second copy. Seen at once by all nodes: who begins to read changes after
     * {@link #beginRebuild} has returned is told true.
     */
    default boolean isRebuilding(TenantContext tenant) {
        return false;
    }

    /**
     * Applies states to the second copy as {@link #apply} does to the first, deletions too, and
     * moves no position. On return they are durable. Does nothing if there is no second copy.
     */
    default void applyRebuild(TenantContext tenant, List<Projection> projections) {
        throw new StorageException.NotSupported("it cannot be rebuilt while searches go on");
    }

    /**
     * Puts the second copy in the place of the first at one moment, and drops the first. What was
     * applied to the second is visible from that moment on; the position stays as it is, or goes
     * back to one that was reached before. Does nothing if there is no second copy.
     */
    default void completeRebuild(TenantContext tenant) {
        throw new StorageException.NotSupported("it cannot be rebuilt while searches go on");
    }

    /** Drops the second copy, if there is one. */
    default void abandonRebuild(TenantContext tenant) {
        throw new StorageException.NotSupported("it cannot be rebuilt while searches go on");
    }
}
