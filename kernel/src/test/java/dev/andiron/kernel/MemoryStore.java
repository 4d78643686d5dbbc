package dev.andiron.kernel;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** A plain store in memory: no versions, no search. Counts what a test wants to know. */
public final class MemoryStore implements ResourceStore {
    private final Map<TenantId, NavigableMap<ResourceKey, Mutation.Put>> tenants = new HashMap<>();
    private int openCursors;
    private int scanned;

    /** Writes a resource that is found by these values. */
    public void put(TenantContext tenant, String type, String id, SearchValue... values) {
        var key = new ResourceKey(type, id);
        long version = read(tenant, key).map(StoredResource::version).orElse(0L) + 1;
        var resource =
                new StoredResource(
                        key,
                        version,
                        Instant.ofEpochSecond(scanned + version),
                        FhirVersion.R4,
                        false,
                        Json.of("{\"resourceType\":\"%s\",\"id\":\"%s\"}".formatted(type, id)));
        commit(tenant, Commit.of(new Mutation.Put(resource, List.of(values))));
    }

    /** The search values that came with a resource. */
    public List<SearchValue> values(TenantContext tenant, StoredResource resource) {
        return of(tenant).get(resource.key()).searchValues();
    }

    /** Cursors that nobody closed. */
    public int openCursors() {
        return openCursors;
    }

    /** How many resources scans have given. */
    public int scanned() {
        return scanned;
    }

    private synchronized NavigableMap<ResourceKey, Mutation.Put> of(TenantContext tenant) {
        return tenants.computeIfAbsent(tenant.tenant(), name -> new TreeMap<>());
    }

    @Override
    public synchronized Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
        return Optional.ofNullable(of(tenant).get(key)).map(Mutation.Put::resource);
    }

    @Override
    public synchronized ResourceCursor scan(TenantContext tenant, ScanRequest request) {
        Iterator<Mutation.Put> all =
                List.copyOf(of(tenant).values()).stream()
                        .filter(put -> request.type().stream().allMatch(put.key().type()::equals))
                        .filter(
                                put ->
                                        request.after().stream()
                                                .allMatch(key -> put.key().compareTo(key) > 0))
                        .iterator();
        openCursors++;
        return new ResourceCursor() {
            @Override
            public Optional<StoredResource> next() {
                if (!all.hasNext()) {
                    return Optional.empty();
                }
                scanned++;
                return Optional.of(all.next().resource());
            }

            @Override
            public void close() {
                openCursors--;
            }
        };
    }

    @Override
    public synchronized CommitResult commit(TenantContext tenant, Commit commit) {
        for (Mutation mutation : commit.mutations()) {
            switch (mutation) {
                case Mutation.Put put -> of(tenant).put(put.key(), put);
                case Mutation.Purge purge -> of(tenant).remove(purge.key());
                case Mutation.Delete delete ->
                        throw new StorageException.NotSupported("this store does not delete");
                case Mutation.Index index ->
                        throw new StorageException.NotSupported("this store does not search");
            }
        }
        return new CommitResult(0);
    }
}
