package dev.andiron.kernel.routing;

import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.Permission;
import dev.andiron.spi.tenant.TenantContext;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A store behind the caller's permissions. */
record CheckedResourceStore(ResourceStore store) implements ResourceStore {

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
        return store.commit(tenant, commit);
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
