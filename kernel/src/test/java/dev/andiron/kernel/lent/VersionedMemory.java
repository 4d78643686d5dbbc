package dev.andiron.kernel.lent;

import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All versions in memory, and nothing else. */
final class VersionedMemory implements ResourceStore, VersionedStore {
    private final Map<TenantId, TreeMap<ResourceKey, List<StoredResource>>> tenants =
            new HashMap<>();

    private List<StoredResource> all(TenantContext tenant, ResourceKey key) {
        return of(tenant).getOrDefault(key, List.of());
    }

    private TreeMap<ResourceKey, List<StoredResource>> of(TenantContext tenant) {
        return tenants.computeIfAbsent(tenant.tenant(), _ -> new TreeMap<>());
    }

    @Override
    public synchronized CommitResult commit(TenantContext tenant, Commit commit) {
        commit.requireVersions(key -> all(tenant, key).size());
        for (Mutation mutation : commit.mutations()) {
            switch (mutation) {
                case Mutation.Put put -> add(tenant, put.resource());
                case Mutation.Delete delete -> add(tenant, delete.resource());
                case Mutation.Purge purge -> of(tenant).remove(purge.key());
                case Mutation.Index _ -> throw new IllegalStateException("it was refused");
            }
        }
        return new CommitResult(0);
    }

    private void add(TenantContext tenant, StoredResource resource) {
        of(tenant).computeIfAbsent(resource.key(), _ -> new ArrayList<>()).add(resource);
    }

    @Override
    public synchronized Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
        List<StoredResource> all = all(tenant, key);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    @Override
    public synchronized ResourceCursor scan(TenantContext tenant, ScanRequest request) {
        return ResourceCursor.of(
                of(tenant).values().stream()
                        .map(List::getLast)
                        .filter(resource -> !resource.deleted())
                        .filter(it -> request.type().stream().allMatch(it.key().type()::equals))
                        .filter(
                                it ->
                                        request.after().stream()
                                                .allMatch(key -> it.key().compareTo(key) > 0))
                        .toList()
                        .iterator());
    }

    @Override
    public synchronized Optional<StoredResource> readVersion(
            TenantContext tenant, ResourceKey key, long version) {
        List<StoredResource> all = all(tenant, key);
        return version < 1 || version > all.size()
                ? Optional.empty()
                : Optional.of(all.get((int) version - 1));
    }

    @Override
    public synchronized List<ResourceHead> versions(
            TenantContext tenant, ResourceKey key, long after, int limit) {
        return all(tenant, key).stream().skip(after).limit(limit).map(ResourceHead::of).toList();
    }
}
