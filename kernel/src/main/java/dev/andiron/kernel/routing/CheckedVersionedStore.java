package dev.andiron.kernel.routing;

import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.tenant.Permission;
import dev.andiron.spi.tenant.TenantContext;

import java.util.List;
import java.util.Optional;

/** Earlier versions behind the caller's permissions. */
record CheckedVersionedStore(VersionedStore store) implements VersionedStore {

    @Override
    public Optional<StoredResource> readVersion(
            TenantContext tenant, ResourceKey key, long version) {
        tenant.require(Permission.READ);
        return store.readVersion(tenant, key, version);
    }

    @Override
    public List<ResourceHead> versions(
            TenantContext tenant, ResourceKey key, long after, int limit) {
        tenant.require(Permission.READ);
        return store.versions(tenant, key, after, limit);
    }
}
