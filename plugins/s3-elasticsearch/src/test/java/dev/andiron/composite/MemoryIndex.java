package dev.andiron.composite;

import dev.andiron.kernel.lent.ScanSearch;
import dev.andiron.spi.Backend;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.composite.FollowedEntry;
import dev.andiron.spi.composite.Follower;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Follows and searches in memory. What is applied is seen by searches after a refresh only. */
final class MemoryIndex implements Follower {
    private final Map<TenantId, Data> tenants = new HashMap<>();
    private final SearchEngine search =
            new ScanSearch(
                    new VisibleStore(),
                    (tenant, resource, features) ->
                            of(tenant).visible.get(resource.key()).searchValues());
    private Predicate<Projection> failing = projection -> false;

    private static final class Data {
        private NavigableMap<ResourceKey, Projection> applied = new TreeMap<>();
        private Optional<NavigableMap<ResourceKey, Projection>> second = Optional.empty();
        // Replaced as a whole: a search goes on over what it began with.
        private volatile NavigableMap<ResourceKey, Projection.Present> visible = new TreeMap<>();
        private long through;
    }

    private synchronized Data of(TenantContext tenant) {
        return tenants.computeIfAbsent(tenant.tenant(), _ -> new Data());
    }

    /** An opened backend over it. */
    Backend opened() {
        return new Backend() {
            @Override
            public Optional<Follower> follower() {
                return Optional.of(MemoryIndex.this);
            }

            @Override
            public Optional<SearchEngine> search() {
                return Optional.of(search);
            }

            @Override
            public void close() {}
        };
    }

    /** From now on it is unavailable when it meets such a state. */
    synchronized void failOn(Predicate<Projection> condition) {
        failing = condition;
    }

    /** What an operator does by hand. */
    synchronized void tamper(TenantContext tenant, ResourceKey key, Optional<Projection> with) {
        with.ifPresentOrElse(
                projection -> of(tenant).applied.put(key, projection),
                () -> of(tenant).applied.remove(key));
    }

    /** What it holds of live resources. */
    synchronized NavigableMap<ResourceKey, Projection.Present> held(TenantContext tenant) {
        var held = new TreeMap<ResourceKey, Projection.Present>();
        of(tenant)
                .applied
                .values()
                .forEach(
                        each -> {
                            if (each instanceof Projection.Present present) {
                                held.put(present.key(), present);
                            }
                        });
        return held;
    }

    @Override
    public synchronized long applied(TenantContext tenant) {
        return of(tenant).through;
    }

    @Override
    public synchronized void apply(
            TenantContext tenant, List<Projection> projections, long through) {
        Data data = of(tenant);
        apply(data.applied, projections);
        data.through = Math.max(data.through, through);
    }

    private void apply(NavigableMap<ResourceKey, Projection> to, List<Projection> projections) {
        for (Projection projection : projections) {
            if (failing.test(projection)) {
                throw new StorageException.Unavailable("it is down", Duration.ofSeconds(1), null);
            }
            to.merge(
                    projection.key(),
                    projection,
                    (before, now) -> now.position() >= before.position() ? now : before);
        }
    }

    @Override
    public synchronized void refresh(TenantContext tenant) {
        of(tenant).visible = held(tenant);
    }

    @Override
    public synchronized List<FollowedEntry> entries(
            TenantContext tenant, Optional<ResourceKey> after, int limit) {
        NavigableMap<ResourceKey, Projection.Present> held = held(tenant);
        return after.map(key -> held.tailMap(key, false)).orElse(held).values().stream()
                .limit(limit)
                .map(
                        each ->
                                new FollowedEntry(
                                        each.key(), each.resource().version(), each.position()))
                .toList();
    }

    @Override
    public synchronized Set<ResourceKey> differing(
            TenantContext tenant, Collection<Projection.Present> expected) {
        Map<ResourceKey, Projection.Present> held = held(tenant);
        var differing = new HashSet<ResourceKey>();
        for (Projection.Present each : expected) {
            Projection.Present found = held.get(each.key());
            if (found == null
                    || !found.resource().equals(each.resource())
                    || !Set.copyOf(found.searchValues()).equals(Set.copyOf(each.searchValues()))) {
                differing.add(each.key());
            }
        }
        return differing;
    }

    @Override
    public synchronized void forget(TenantContext tenant, Collection<ResourceKey> keys) {
        keys.forEach(of(tenant).applied::remove);
    }

    @Override
    public synchronized void reset(TenantContext tenant) {
        tenants.remove(tenant.tenant());
    }

    @Override
    public boolean canRebuild() {
        return true;
    }

    @Override
    public synchronized void beginRebuild(TenantContext tenant) {
        of(tenant).second = Optional.of(new TreeMap<>());
    }

    @Override
    public synchronized boolean isRebuilding(TenantContext tenant) {
        return of(tenant).second.isPresent();
    }

    @Override
    public synchronized void applyRebuild(TenantContext tenant, List<Projection> projections) {
        of(tenant).second.ifPresent(second -> apply(second, projections));
    }

    @Override
    public synchronized void completeRebuild(TenantContext tenant) {
        Data data = of(tenant);
        if (data.second.isPresent()) {
            data.applied = data.second.get();
            data.second = Optional.empty();
            data.visible = held(tenant);
        }
    }

    @Override
    public synchronized void abandonRebuild(TenantContext tenant) {
        of(tenant).second = Optional.empty();
    }

    /** What searches see, as a store to be scanned. */
    private final class VisibleStore implements ResourceStore {
        @Override
        public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
            return Optional.ofNullable(of(tenant).visible.get(key))
                    .map(Projection.Present::resource);
        }

        @Override
        public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
            NavigableMap<ResourceKey, Projection.Present> visible = of(tenant).visible;
            Iterator<Projection.Present> walk =
                    request
                            .after()
                            .map(key -> visible.tailMap(key, false))
                            .orElse(visible)
                            .values()
                            .stream()
                            .filter(
                                    each ->
                                            request.type().isEmpty()
                                                    || each.key()
                                                            .type()
                                                            .equals(request.type().get()))
                            .iterator();
            return new ResourceCursor() {
                @Override
                public Optional<StoredResource> next() {
                    return walk.hasNext() ? Optional.of(walk.next().resource()) : Optional.empty();
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            throw new UnsupportedOperationException("searches change nothing");
        }
    }
}
