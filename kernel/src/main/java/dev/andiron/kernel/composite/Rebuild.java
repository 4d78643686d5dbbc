package dev.andiron.kernel.composite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.composite.Follower;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Builds a tenant's data in a follower anew, while searches use the old and writes go on: a scan of
 * the primary fills the new copy, into which everything that is committed meanwhile is applied,
 * too; then it takes the old one's place. Safe for use by many threads.
 */
public final class Rebuild {
    private static final long MOST_BYTES = 4 << 20;

    private final ResourceStore store;
    private final Estimate estimate;
    private final ChangeFeed feed;
    private final Following following;
    private final Projector projector;

    Rebuild(
            ResourceStore store,
            Estimate estimate,
            ChangeFeed feed,
            Following following,
            Projector projector) {
        this.store = store;
        this.estimate = estimate;
        this.feed = feed;
        this.following = following;
        this.projector = projector;
    }

    /**
     * One stretch of keys that was copied.
     *
     * @param copied how many resources lie in it
     * @param end its last key; empty at the end of the data
     */
    public record Stretch(int copied, Optional<ResourceKey> end) {}

    /**
     * Begins anew, from nothing.
     *
     * @throws StorageException.NotSupported if the follower cannot be rebuilt
     */
    public void begin(TenantContext tenant) {
        follower().beginRebuild(tenant);
    }

    /** Whether one was begun and not ended. */
    public boolean isBegun(TenantContext tenant) {
        return follower().isRebuilding(tenant);
    }

    /**
     * Copies the next stretch. Its states are given as of a position that was reached before they
     * were read: whatever is committed later has a later position, and wins.
     *
     * @param after the end of the stretch before
     * @param limit how many resources at most
     */
    public Stretch next(TenantContext tenant, Optional<ResourceKey> after, int limit) {
        long position = feed.last(tenant);
        var states = new ArrayList<Projection>(limit);
        long bytes = 0;
        boolean isEnd = false;
        try (ResourceCursor cursor = store.scan(tenant, new ScanRequest(Optional.empty(), after))) {
            while (states.size() < limit && bytes < MOST_BYTES) {
                Optional<StoredResource> next = cursor.next();
                if (next.isEmpty()) {
                    isEnd = true;
                    break;
                }
                bytes += next.get().content().length();
                states.add(projector.present(tenant, position, next.get()));
            }
        }
        copy(tenant, states);
        return new Stretch(
                states.size(), isEnd ? Optional.empty() : Optional.of(states.getLast().key()));
    }

    /** What the follower does not take is found by halves, and left out. */
    private void copy(TenantContext tenant, List<Projection> states) {
        if (states.isEmpty()) {
            return;
        }
        try {
            follower().applyRebuild(tenant, states);
        } catch (StorageException.TooLarge
                | StorageException.Unprocessable
                | StorageException.NotSupported refused) {
            if (states.size() == 1) {
                following.refused(tenant, states.getFirst().key(), refused.getMessage());
                return;
            }
            int half = states.size() / 2;
            copy(tenant, states.subList(0, half));
            copy(tenant, states.subList(half, states.size()));
        }
    }

    /** Lets searches use the new copy, which is complete. */
    public void complete(TenantContext tenant) {
        follower().completeRebuild(tenant);
        following.touched(tenant);
    }

    /** Drops the new copy. */
    public void abandon(TenantContext tenant) {
        follower().abandonRebuild(tenant);
    }

    /** How many resources there are to copy, about. */
    public OptionalLong total(TenantContext tenant) {
        return estimate.total(tenant);
    }

    /** Whether the follower can be rebuilt while searches go on. */
    public boolean isPossible() {
        return follower().canRebuild();
    }

    private Follower follower() {
        return following.follower();
    }
}
