package dev.andiron.kernel.composite;

import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.tck.fixture.Model;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A primary in memory that does not search. Knows the values of every version ever written. */
final class MemoryPrimary implements ResourceStore, ChangeFeed {
    private final Map<TenantId, Model> tenants = new HashMap<>();
    private final Map<String, List<SearchValue>> values = new ConcurrentHashMap<>();

    private Model of(TenantContext tenant) {
        return tenants.computeIfAbsent(tenant.tenant(), id -> new Model());
    }

    /** What extraction would give. */
    List<SearchValue> values(TenantContext tenant, StoredResource resource) {
        return values.get(name(tenant, resource.key(), resource.version()));
    }

    /** Gives a version other values, as a new search parameter does. */
    void revalue(TenantContext tenant, ResourceKey key, long version, List<SearchValue> now) {
        values.put(name(tenant, key, version), now);
    }

    private static String name(TenantContext tenant, ResourceKey key, long version) {
        return tenant.tenant() + "/" + key + "/" + version;
    }

    @Override
    public synchronized CommitResult commit(TenantContext tenant, Commit commit) {
        for (Mutation mutation : commit.mutations()) {
            if (mutation instanceof Mutation.Index) {
                throw new IllegalStateException("a store that does not search got " + mutation);
            }
        }
        long position = of(tenant).commit(commit);
        for (Mutation mutation : commit.mutations()) {
            if (mutation instanceof Mutation.Put put) {
                revalue(tenant, put.key(), put.resource().version(), put.searchValues());
            }
        }
        return new CommitResult(position);
    }

    @Override
    public synchronized Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
        return of(tenant).read(key);
    }

    @Override
    public synchronized ResourceCursor scan(TenantContext tenant, ScanRequest request) {
        Iterator<StoredResource> live =
                of(tenant).live().stream()
                        .filter(resource -> isBehind(resource.key(), request.after()))
                        .iterator();
        return new ResourceCursor() {
            @Override
            public Optional<StoredResource> next() {
                return live.hasNext() ? Optional.of(live.next()) : Optional.empty();
            }

            @Override
            public void close() {}
        };
    }

    static boolean isBehind(ResourceKey key, Optional<ResourceKey> after) {
        return after.isEmpty() || key.compareTo(after.get()) > 0;
    }

    @Override
    public synchronized List<Change> changes(TenantContext tenant, long after, int limit) {
        return of(tenant).changes().stream()
                .filter(change -> change.position() > after)
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized long last(TenantContext tenant) {
        List<Change> changes = of(tenant).changes();
        return changes.isEmpty() ? 0 : changes.getLast().position();
    }

    @Override
    public synchronized List<TenantId> tenants(String after, int limit) {
        return tenants.keySet().stream()
                .filter(tenant -> tenant.value().compareTo(after) > 0)
                .sorted(Comparator.comparing(TenantId::value))
                .limit(limit)
                .toList();
    }

    /** The live resources, in the order of their keys. */
    synchronized List<StoredResource> live(TenantContext tenant) {
        return of(tenant).live();
    }
}
