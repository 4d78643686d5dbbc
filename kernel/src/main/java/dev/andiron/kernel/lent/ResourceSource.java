package dev.andiron.kernel.lent;

import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.tenant.TenantContext;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Contents of resources, one by one. Used by one thread. */
interface ResourceSource extends AutoCloseable {

    /** The next one; empty at the end. */
    Optional<Json> next();

    @Override
    void close();

    /** Resources that are at hand. */
    static ResourceSource of(List<Json> resources) {
        Iterator<Json> all = resources.iterator();
        return new ResourceSource() {
            @Override
            public Optional<Json> next() {
                return all.hasNext() ? Optional.of(all.next()) : Optional.empty();
            }

            @Override
            public void close() {}
        };
    }

    /** All live resources of a type. */
    static ResourceSource scan(ResourceStore store, TenantContext tenant, String type) {
        return of(store.scan(tenant, ScanRequest.ofType(type)));
    }

    private static ResourceSource of(ResourceCursor cursor) {
        return new ResourceSource() {
            @Override
            public Optional<Json> next() {
                return cursor.next().map(StoredResource::content);
            }

            @Override
            public void close() {
                cursor.close();
            }
        };
    }

    /** Those of a type that match, page by page. */
    static ResourceSource search(
            SearchEngine search,
            ResourceStore store,
            TenantContext tenant,
            String type,
            Criterion filter) {
        return new Pages(search, store, tenant, type, filter);
    }

    /** The pages of a search, one at a time. */
    final class Pages implements ResourceSource {
        private static final int FIRST_PAGE = 20;
        private static final int PAGE = 500;

        private final SearchEngine search;
        private final ResourceStore store;
        private final TenantContext tenant;
        private final String type;
        private final Criterion filter;
        private final Deque<Json> page = new ArrayDeque<>();
        private Optional<Cursor> after = Optional.empty();
        private int size = FIRST_PAGE;
        private boolean ended;

        private Pages(
                SearchEngine search,
                ResourceStore store,
                TenantContext tenant,
                String type,
                Criterion filter) {
            this.search = search;
            this.store = store;
            this.tenant = tenant;
            this.type = type;
            this.filter = filter;
        }

        @Override
        public Optional<Json> next() {
            while (page.isEmpty() && !ended) {
                turn();
            }
            return Optional.ofNullable(page.poll());
        }

        private void turn() {
            var query = new Query(Set.of(type), filter, List.of(), size, after, Query.Total.NONE);
            SearchPage found = search.search(tenant, query);
            size = PAGE;
            after = found.next();
            ended = after.isEmpty();
            Map<ResourceKey, StoredResource> read = read(found.hits());
            for (Hit hit : found.hits()) {
                StoredResource resource = hit.resource().orElse(read.get(hit.key()));
                if (resource != null && !resource.deleted()) {
                    page.add(resource.content());
                }
            }
        }

        /** What an engine that keeps no contents found. */
        private Map<ResourceKey, StoredResource> read(List<Hit> hits) {
            List<ResourceKey> keys =
                    hits.stream().filter(hit -> hit.resource().isEmpty()).map(Hit::key).toList();
            return keys.isEmpty()
                    ? Map.of()
                    : store.readMany(tenant, keys).stream()
                            .collect(Collectors.toMap(StoredResource::key, Function.identity()));
        }

        @Override
        public void close() {
            ended = true;
            page.clear();
        }
    }
}
