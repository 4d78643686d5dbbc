package dev.andiron.kernel.routing;

import dev.andiron.kernel.backend.OpenBackend;
import dev.andiron.kernel.lent.QueryFeatures;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.tenant.Permission;
import dev.andiron.spi.tenant.TenantContext;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A store behind the caller's permissions, which gets no conditions that its backend does not
 * declare to search by.
 */
record CheckedResourceStore(ResourceStore store, OpenBackend backend) implements ResourceStore {

    @Override
    public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
        tenant.require(Permission.READ);
        return store.read(tenant, key);
    }

    @Override
    public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
        tenant.require(Permission.READ);
        return store.scan(tenant, request);
    }

    @Override
    public CommitResult commit(TenantContext tenant, Commit commit) {
        for (Mutation mutation : commit.mutations()) {
            tenant.require(
                    switch (mutation) {
                        case Mutation.Put put -> Permission.WRITE;
                        case Mutation.Delete delete -> Permission.WRITE;
                        case Mutation.Purge purge -> Permission.PURGE;
                        case Mutation.Index index -> Permission.WRITE;
                    });
        }
        commit.preconditions().forEach(this::requireJudgeable);
        return store.commit(tenant, commit);
    }

    /** A backend without any search says by itself what it can judge. */
    private void requireJudgeable(Precondition precondition) {
        Set<SearchFeature> declared = backend.capabilities().search();
        Optional<Query> search =
                switch (precondition) {
                    case Precondition.NoMatch(var type, var criterion) ->
                            Optional.of(Query.of(type, criterion, 1));
                    case Precondition.OnlyMatch(var criterion, var key) ->
                            Optional.of(Query.of(key.type(), criterion, 1));
                    case Precondition.VersionIs _, Precondition.Unchanged _ -> Optional.empty();
                };
        if (search.isEmpty() || declared.isEmpty()) {
            return;
        }
        Set<SearchFeature> missing = QueryFeatures.of(search.get());
        missing.removeAll(declared);
        if (!missing.isEmpty()) {
            throw Refusal.of(
                    backend,
                    "judge the condition of this write at the moment of its commit",
                    "search " + missing);
        }
    }

    @Override
    public List<StoredResource> readMany(TenantContext tenant, Collection<ResourceKey> keys) {
        tenant.require(Permission.READ);
        return store.readMany(tenant, keys);
    }

    @Override
    public Optional<ResourceHead> head(TenantContext tenant, ResourceKey key) {
        tenant.require(Permission.READ);
        return store.head(tenant, key);
    }

    @Override
    public List<ResourceHead> heads(TenantContext tenant, Collection<ResourceKey> keys) {
        tenant.require(Permission.READ);
        return store.heads(tenant, keys);
    }

    @Override
    public OptionalLong count(TenantContext tenant, Optional<String> type) {
        tenant.require(Permission.READ);
        return store.count(tenant, type);
    }
}
