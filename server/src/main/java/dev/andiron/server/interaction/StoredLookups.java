package dev.andiron.server.interaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.terminology.ResourceLookup;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.tenant.TenantContext;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the stored resources that searches name. Searches need it before there is a storage to look
 * in, since the storage in turn needs to know what resources are found by; until {@link #begin} it
 * finds nothing. Safe for use by many threads.
 */
public final class StoredLookups {
    /** How many versions of one definition are looked at. */
    private static final int MOST_VERSIONS = 50;

    /** How many resources are asked for at once, and by how many references. */
    private static final int STEP = 200;

    private static final int ALTERNATIVES = 200;

    private volatile Optional<Storage> storage = Optional.empty();

    /** Looks in a storage from now on. */
    public void begin(Storage opened) {
        storage = Optional.of(opened);
    }

    /** What a tenant has stored. */
    public ResourceLookup of(TenantContext tenant) {
        return storage.<ResourceLookup>map(opened -> new Stored(opened, tenant))
                .orElseGet(ResourceLookup::none);
    }

    private record Stored(Storage storage, TenantContext tenant) implements ResourceLookup {
        @Override
        public Optional<JsonObject> read(String type, String id) {
            return stored(new ResourceKey(type, id)).map(Stored::parsed);
        }

        @Override
        public List<JsonObject> withUrl(String type, String url) {
            var test = new ValueTest.Uri(ValueTest.TextOperator.EQUALS, url);
            var query = Query.of(type, new Criterion.Value("url", test), MOST_VERSIONS);
            return storage.currentSearch().search(tenant, query).hits().stream()
                    .flatMap(this::stored)
                    .map(Stored::parsed)
                    .toList();
        }

        @Override
        public List<String> referring(
                String type, String parameter, Collection<String> ids, int limit) {
            var found = new LinkedHashSet<String>();
            List<String> all = List.copyOf(ids);
            for (int from = 0; from < all.size() && found.size() < limit; from += ALTERNATIVES) {
                List<String> some = all.subList(from, Math.min(from + ALTERNATIVES, all.size()));
                walk(type, parts(type, parameter, some), limit, found);
            }
            return found.stream().limit(limit).toList();
        }

        private static Criterion parts(String type, String parameter, List<String> ids) {
            return new Criterion.Any(
                    ids.stream()
                            .<Criterion>map(
                                    id ->
                                            new Criterion.Value(
                                                    parameter,
                                                    new ValueTest.LocalReference(
                                                            Optional.of(type),
                                                            id,
                                                            Optional.empty())))
                            .toList());
        }

        private void walk(String type, Criterion criterion, int limit, Set<String> out) {
            Optional<Cursor> after = Optional.empty();
            do {
                var query =
                        new Query(
                                Set.of(type), criterion, List.of(), STEP, after, Query.Total.NONE);
                SearchPage page = storage.search().search(tenant, query);
                page.hits().forEach(hit -> out.add(hit.key().id()));
                after = page.next();
            } while (after.isPresent() && out.size() < limit);
        }

        private Stream<StoredResource> stored(Hit hit) {
            return hit.resource().or(() -> stored(hit.key())).stream();
        }

        private Optional<StoredResource> stored(ResourceKey key) {
            return storage.resources().read(tenant, key).filter(found -> !found.deleted());
        }

        private static JsonObject parsed(StoredResource resource) {
            return JsonReader.readObject(resource.content().bytes());
        }
    }
}
