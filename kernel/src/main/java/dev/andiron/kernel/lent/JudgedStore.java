package dev.andiron.kernel.lent;

import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.tenant.TenantContext;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A store that does not search, and the criteria of whose commits are judged in its place: by a
 * search that sees all that was committed before it, and by the condition that nothing of the types
 * was changed since.
 */
public final class JudgedStore implements ResourceStore {
    private final ResourceStore store;
    private final Judgement judgement;

    /**
     * A store with its criteria judged.
     *
     * @param search finds everything that was committed before it is asked
     */
    public JudgedStore(ResourceStore store, ChangeFeed feed, SearchEngine search) {
        this.store = store;
        judgement = new Judgement(feed, search);
    }

    @Override
    public CommitResult commit(TenantContext tenant, Commit commit) {
        return Judgement.isNeeded(commit)
                ? judgement.commit(store, tenant, commit)
                : store.commit(tenant, commit);
    }

    @Override
    public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
        return store.read(tenant, key);
    }

    @Override
    public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
        return store.scan(tenant, request);
    }

    @Override
    public List<StoredResource> readMany(TenantContext tenant, Collection<ResourceKey> keys) {
        return store.readMany(tenant, keys);
    }

    @Override
    public Optional<ResourceHead> head(TenantContext tenant, ResourceKey key) {
        return store.head(tenant, key);
    }

    @Override
    public List<ResourceHead> heads(TenantContext tenant, Collection<ResourceKey> keys) {
        return store.heads(tenant, keys);
    }

    @Override
    public OptionalLong count(TenantContext tenant, Optional<String> type) {
        return store.count(tenant, type);
    }
}
