package dev.andiron.elasticsearch;

import dev.andiron.spi.Backend;
import dev.andiron.spi.Health;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.tck.fixture.Model;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Resources in memory, searched in Elasticsearch, which gets them when it is asked. */
final class FedBackend implements Backend, ResourceStore, SearchEngine {
    private final Data data;
    private final Backend elasticsearch;

    FedBackend(Data data, Backend elasticsearch) {
        this.data = data;
        this.elasticsearch = elasticsearch;
    }

    /** What outlives a backend. */
    static final class Data {
        private final Map<TenantId, Fed> tenants = new HashMap<>();

        private synchronized Fed of(TenantContext tenant) {
            return tenants.computeIfAbsent(tenant.tenant(), id -> new Fed());
        }
    }

    /** One tenant, and what Elasticsearch has not been told of it. */
    private static final class Fed {
        private final Model model = new Model();
        private final LinkedHashMap<ResourceKey, Projection> untold = new LinkedHashMap<>();
        private long position;

        private synchronized long commit(Commit commit) {
            model.commit(commit);
            commit.mutations().forEach(this::tell);
            return 0;
        }

        private void tell(Mutation mutation) {
            ResourceKey key = mutation.key();
            switch (mutation) {
                case Mutation.Put(StoredResource resource, var values) ->
                        tell(new Projection.Present(++position, resource, values));
                case Mutation.Delete delete -> tell(new Projection.Absent(++position, key));
                case Mutation.Purge purge -> tell(new Projection.Absent(++position, key));
                case Mutation.Index(var any, long version, List<SearchValue> values) -> {
                    Optional<StoredResource> current = model.read(key);
                    if (current.isPresent()
                            && !current.get().deleted()
                            && current.get().version() == version) {
                        tell(new Projection.Present(position, current.get(), values));
                    }
                }
            }
        }

        private void tell(Projection projection) {
            untold.putLast(projection.key(), projection);
        }
    }

    @Override
    public Optional<ResourceStore> resources() {
        return Optional.of(this);
    }

    @Override
    public Optional<SearchEngine> search() {
        return Optional.of(this);
    }

    @Override
    public Health health() {
        return elasticsearch.health();
    }

    @Override
    public CommitResult commit(TenantContext tenant, Commit commit) {
        return new CommitResult(data.of(tenant).commit(commit));
    }

    @Override
    public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
        Fed fed = data.of(tenant);
        synchronized (fed) {
            return fed.model.read(key);
        }
    }

    @Override
    public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
        Fed fed = data.of(tenant);
        List<StoredResource> live;
        synchronized (fed) {
            live = fed.model.live();
        }
        var resources =
                live.stream()
                        .filter(each -> request.type().map(each.key().type()::equals).orElse(true))
                        .filter(
                                each ->
                                        request.after()
                                                .map(key -> key.compareTo(each.key()) < 0)
                                                .orElse(true))
                        .iterator();
        return new ResourceCursor() {
            @Override
            public Optional<StoredResource> next() {
                return resources.hasNext() ? Optional.of(resources.next()) : Optional.empty();
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }

    private SearchEngine fed(TenantContext tenant) {
        Fed fed = data.of(tenant);
        synchronized (fed) {
            if (!fed.untold.isEmpty()) {
                var follower = elasticsearch.follower().orElseThrow();
                follower.applied(tenant);
                follower.apply(tenant, List.copyOf(fed.untold.values()), fed.position);
                follower.refresh(tenant);
                fed.untold.clear();
            }
        }
        return elasticsearch.search().orElseThrow();
    }

    @Override
    public SearchPage search(TenantContext tenant, Query query) {
        return fed(tenant).search(tenant, query);
    }

    @Override
    public long count(TenantContext tenant, Query query) {
        return fed(tenant).count(tenant, query);
    }

    @Override
    public String explain(TenantContext tenant, Query query) {
        return fed(tenant).explain(tenant, query);
    }

    @Override
    public void close() {
        elasticsearch.close();
    }
}
