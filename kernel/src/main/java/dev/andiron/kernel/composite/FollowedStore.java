package dev.andiron.kernel.composite;

import dev.andiron.kernel.lent.ForwardingStore;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.composite.Synchronization;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The primary's store, whose commits wake the followers. An acknowledged commit is durable in the
 * primary; that a follower is behind never fails a write, and is told by its state.
 */
final class FollowedStore extends ForwardingStore {
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final CompositeParts parts;

    FollowedStore(CompositeParts parts) {
        super(parts.store());
        this.parts = parts;
    }

    @Override
    public CommitResult commit(TenantContext tenant, Commit commit) {
        List<Mutation.Index> indexed = new ArrayList<>();
        List<Mutation> changes = new ArrayList<>(commit.mutations().size());
        for (Mutation mutation : commit.mutations()) {
            if (mutation instanceof Mutation.Index index) {
                indexed.add(index);
                if (!parts.primarySearches()) {
                    continue;
                }
            }
            changes.add(mutation);
        }
        for (Mutation change : changes) {
            if (change instanceof Mutation.Put put) {
                parts.recent().remember(tenant, put);
            }
        }
        CommitResult result = store().commit(tenant, new Commit(commit.preconditions(), changes));
        index(tenant, indexed);
        tell(tenant, result.position());
        return result;
    }

    /**
     * New search values for unchanged versions. They are given as of a position that the follower
     * has passed, and at which the version was current: what is committed later wins.
     */
    private void index(TenantContext tenant, List<Mutation.Index> indexed) {
        if (indexed.isEmpty()) {
            return;
        }
        long position = parts.feed().last(tenant);
        for (Following following : parts.followings()) {
            if (!following.await(tenant, position)) {
                throw new StorageException.Unavailable(
                        "the search index '%s' is behind".formatted(following.name()), RETRY, null);
            }
            List<Projection> projections = new ArrayList<>(indexed.size());
            for (StoredResource current :
                    store().readMany(tenant, indexed.stream().map(Mutation.Index::key).toList())) {
                indexed.stream()
                        .filter(index -> isOf(index, current))
                        .map(
                                index ->
                                        new Projection.Present(
                                                position, current, index.searchValues()))
                        .forEach(projections::add);
            }
            following.apply(tenant, projections, 0);
            following.touched(tenant);
        }
    }

    private static boolean isOf(Mutation.Index index, StoredResource current) {
        return index.key().equals(current.key())
                && index.version() == current.version()
                && !current.deleted();
    }

    private void tell(TenantContext tenant, long position) {
        for (Following following : parts.followings()) {
            following.committed(tenant, position);
        }
        for (Following following : parts.followings()) {
            if (following.synchronization() == Synchronization.SYNCHRONOUS) {
                following.await(tenant, position);
            }
        }
    }
}
