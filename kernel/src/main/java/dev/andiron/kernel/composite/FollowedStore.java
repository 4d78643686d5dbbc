package dev.andiron.kernel.composite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.composite.Synchronization;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The primary's store, whose commits wake the followers. An acknowledged commit is durable in the
 * primary; that a follower is behind never fails a write, and is told by its state.
 */
final class FollowedStore implements ResourceStore {
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final CompositeParts parts;

    FollowedStore(CompositeParts parts) {
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
        CommitResult result =
                parts.store().commit(tenant, new Commit(commit.preconditions(), changes));
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
                    parts.store()
                            .readMany(tenant, indexed.stream().map(Mutation.Index::key).toList())) {
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

    // Everything else is the primary's

    @Override
    public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
        return parts.store().read(tenant, key);
    }

    @Override
    public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
        return parts.store().scan(tenant, request);
    }

    @Override
    public List<StoredResource> readMany(TenantContext tenant, Collection<ResourceKey> keys) {
        return parts.store().readMany(tenant, keys);
    }

    @Override
    public Optional<ResourceHead> head(TenantContext tenant, ResourceKey key) {
        return parts.store().head(tenant, key);
    }

    @Override
    public List<ResourceHead> heads(TenantContext tenant, Collection<ResourceKey> keys) {
        return parts.store().heads(tenant, keys);
    }

    @Override
    public OptionalLong count(TenantContext tenant, Optional<String> type) {
        return parts.store().count(tenant, type);
    }
}
