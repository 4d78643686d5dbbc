package dev.andiron.kernel.snapshot;

import dev.andiron.kernel.routing.Storage;
import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a tenant had at one moment: of each resource the last version that was written at that time
 * or before, if it is no delete. Others may go on writing. The moment has to be over: who takes it
 * waits until everybody who may have begun to write before has ended. Needs a change feed and the
 * history of instances. Safe for use by many threads.
 */
public final class Snapshot {
    private static final int PAGE = 10;

    /** Greater than all ids. */
    private static final String BEHIND_IDS = "~";

    private final ResourceStore store;
    private final HistoryStore history;
    private final TenantContext tenant;
    private final Instant time;
    private final DeletedKeys deleted;

    /**
     * @param time the moment, in whole milliseconds
     * @param position the last position of the change feed at that moment or before
     */
    public Snapshot(Storage storage, TenantContext tenant, Instant time, long position) {
        this.store = storage.resources();
        this.history = storage.history();
        this.tenant = tenant;
        this.time = time;
        deleted =
                new DeletedKeys(
                        storage.changes(),
                        storage.capabilities().shared()
                                ? Optional.of(this::newest)
                                : Optional.empty(),
                        tenant,
                        time,
                        position);
    }

    /** The last version that was written, as far as anybody can see. */
    private Optional<ResourceHead> newest(OptionalLong before) {
        var request =
                new HistoryRequest(
                        new HistoryScope.System(), Optional.empty(), Optional.empty(), before, 1);
        return history.history(tenant, request).versions().stream()
                .findFirst()
                .map(ResourceHead::of);
    }

    /** The moment. */
    public Instant time() {
        return time;
    }

    TenantContext tenant() {
        return tenant;
    }

    /** A resource as it was; empty if it did not live. */
    public Optional<StoredResource> read(ResourceKey key) {
        return read(key, time);
    }

    /**
     * A resource as it was at some time.
     *
     * @return empty if it did not live then
     */
    public Optional<StoredResource> read(ResourceKey key, Instant at) {
        return version(key, at).filter(found -> !found.deleted());
    }

    /**
     * The version of a resource at some time, which may mark a delete.
     *
     * @return empty if there was none
     */
    public Optional<StoredResource> version(ResourceKey key, Instant at) {
        Optional<StoredResource> current = store.read(tenant, key);
        return current.filter(found -> found.lastUpdated().isAfter(at)).isPresent()
                ? earlier(key, at)
                : current;
    }

    private Optional<StoredResource> earlier(ResourceKey key, Instant at) {
        OptionalLong before = OptionalLong.empty();
        do {
            var request =
                    new HistoryRequest(
                            new HistoryScope.Instance(key),
                            Optional.empty(),
                            Optional.empty(),
                            before,
                            PAGE);
            HistoryStore.Page page = history.history(tenant, request);
            for (StoredResource version : page.versions()) {
                if (!version.lastUpdated().isAfter(at)) {
                    return Optional.of(version);
                }
            }
            before = page.next();
        } while (before.isPresent());
        return Optional.empty();
    }

    /** The types of which there may have been any; of all others there was none. */
    public Set<String> types() {
        var types = new TreeSet<String>();
        ScanRequest request = ScanRequest.all();
        for (Optional<StoredResource> next = first(request);
                next.isPresent();
                next = first(request)) {
            String type = next.get().key().type();
            types.add(type);
            request = ScanRequest.all().after(new ResourceKey(type, BEHIND_IDS));
        }
        types.addAll(deleted.types());
        return types;
    }

    private Optional<StoredResource> first(ScanRequest request) {
        try (var cursor = store.scan(tenant, request)) {
            return cursor.next();
        }
    }

    /**
     * Walks through the resources of a type in the order of their ids.
     *
     * @param after only ids behind this one; empty starts at the first
     */
    public SnapshotScan scan(String type, String after) {
        return new SnapshotScan(this, store, deleted, type, after);
    }

    /** The same as a store that nobody can write to. */
    public ResourceStore store() {
        return new SnapshotStore(this);
    }
}
