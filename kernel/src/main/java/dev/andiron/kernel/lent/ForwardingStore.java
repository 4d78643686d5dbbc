package dev.andiron.kernel.lent;

import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A store that reads from another one; what its commits do besides is up to who extends it. */
public abstract class ForwardingStore implements ResourceStore {
    private final ResourceStore store;

    protected ForwardingStore(ResourceStore store) {
        this.store = store;
    }

    /** The other one. */
    protected final ResourceStore store() {
        return store;
    }

    @Override
    public final Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
        return store.read(tenant, key);
    }

    @Override
    public final ResourceCursor scan(TenantContext tenant, ScanRequest request) {
        return store.scan(tenant, request);
    }

    @Override
    public final List<StoredResource> readMany(TenantContext tenant, Collection<ResourceKey> keys) {
        return store.readMany(tenant, keys);
    }

    @Override
    public final Optional<ResourceHead> head(TenantContext tenant, ResourceKey key) {
        return store.head(tenant, key);
    }

    @Override
    public final List<ResourceHead> heads(TenantContext tenant, Collection<ResourceKey> keys) {
        return store.heads(tenant, keys);
    }

    @Override
    public final OptionalLong count(TenantContext tenant, Optional<String> type) {
        return store.count(tenant, type);
    }
}
