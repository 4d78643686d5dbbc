package dev.andiron.server.interaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.terminology.ResourceLookup;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.tenant.TenantContext;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the stored resources that searches name. Searches need it before there is a storage to look
 * in, since the storage in turn needs to know what resources are found by; until {@link #begin} it
 * finds nothing. Safe for use by many threads.
 */
public final class StoredLookups {
    /** How many versions of one definition are looked at. */
    private static final int MOST_VERSIONS = 50;

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
            return storage.search().search(tenant, query).hits().stream()
                    .flatMap(this::stored)
                    .map(Stored::parsed)
                    .toList();
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
