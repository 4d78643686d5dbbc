package dev.andiron.server.interaction.search;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.search.ContainedSearch;
import dev.andiron.fhir.search.SearchFacts;
import dev.andiron.fhir.search.SearchLinks;
import dev.andiron.server.interaction.Services;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Takes the contained resources that matched out of those that contain them. */
final class ContainedMatches {
    private final Services services;
    private final TenantContext tenant;
    private final ContainedSearch search;

    ContainedMatches(Services services, TenantContext tenant, ContainedSearch search) {
        this.services = services;
        this.tenant = tenant;
        this.search = search;
    }

    /**
     * The contained resources of a hit that match, by their ids.
     *
     * @return empty if the hit matches by itself
     */
    Map<String, byte[]> of(StoredResource hit) {
        JsonObject resource = JsonReader.readObject(hit.content().bytes());
        var ids = new TreeSet<String>();
        for (SearchValue.Contained contained : search.matches(facts(hit, resource), links())) {
            ids.add(contained.id());
        }
        Map<String, byte[]> found = new LinkedHashMap<>();
        for (JsonObject contained : resource.objects("contained")) {
            contained
                    .string("id")
                    .filter(ids::contains)
                    .ifPresent(id -> found.put(id, JsonWriter.compact(contained)));
        }
        return found;
    }

    private SearchFacts facts(StoredResource stored, JsonObject resource) {
        return new SearchFacts(
                stored.key(),
                stored.lastUpdated(),
                services.rules().searchValues(tenant, resource, Set.of(SearchFeature.CONTAINED)));
    }

    /** Chains lead from a contained resource to stored ones; nothing stored refers to it. */
    private SearchLinks links() {
        return new SearchLinks() {
            @Override
            public Optional<SearchFacts> find(ResourceKey key) {
                return services.storage()
                        .resources()
                        .read(tenant, key)
                        .filter(stored -> !stored.deleted())
                        .map(
                                stored ->
                                        facts(
                                                stored,
                                                JsonReader.readObject(stored.content().bytes())));
            }

            @Override
            public Iterable<SearchFacts> referringTo(
                    ResourceKey target, String sourceType, String parameter) {
                return List.of();
            }
        };
    }
}
