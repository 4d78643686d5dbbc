package dev.andiron.server.interaction.search;

import dev.andiron.kernel.routing.Storage;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.tenant.TenantContext;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Gives the hits of a page their resources, read at once where the engine keeps none. */
final class Hits {
    private final Storage storage;
    private final TenantContext tenant;

    Hits(Storage storage, TenantContext tenant) {
        this.storage = storage;
        this.tenant = tenant;
    }

    /** A hit with its resource. */
    record Match(StoredResource resource, OptionalDouble score) {}

    /** The matches in the hits' order; one that was deleted since it was found is left out. */
    List<Match> matches(SearchPage page) {
        List<ResourceKey> missing = new ArrayList<>();
        for (Hit hit : page.hits()) {
            if (hit.resource().isEmpty()) {
                missing.add(hit.key());
            }
        }
        Map<ResourceKey, StoredResource> read = new HashMap<>();
        if (!missing.isEmpty()) {
            for (StoredResource resource : storage.resources().readMany(tenant, missing)) {
                read.put(resource.key(), resource);
            }
        }
        var found = new ArrayList<Match>(page.hits().size());
        for (Hit hit : page.hits()) {
            StoredResource resource = hit.resource().orElseGet(() -> read.get(hit.key()));
            if (resource != null && !resource.deleted()) {
                found.add(new Match(resource, hit.score()));
            }
        }
        return found;
    }
}
