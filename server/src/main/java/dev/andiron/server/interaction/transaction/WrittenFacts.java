package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.search.SearchFacts;
import dev.andiron.fhir.search.SearchLinks;
import dev.andiron.kernel.lent.ScanSearch;
import dev.andiron.server.interaction.Services;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the resources that a transaction writes will be found by; extracted only for the types that
 * somebody asks for. Chains lead from them to stored resources too.
 */
final class WrittenFacts implements SearchLinks {
    private static final int MOST_SOURCES = 1_000;

    private final Services services;
    private final TenantContext tenant;
    private final Instant now;
    private final Map<String, List<Written>> byType = new HashMap<>();
    private final Map<String, List<SearchFacts>> facts = new HashMap<>();

    private record Written(ResourceKey key, Supplier<JsonObject> content) {}

    WrittenFacts(Services services, TenantContext tenant, Instant now) {
        this.services = services;
        this.tenant = tenant;
        this.now = now;
    }

    /** Adds a resource; its content is asked for only if its type is. */
    void add(ResourceKey key, Supplier<JsonObject> content) {
        byType.computeIfAbsent(key.type(), ignored -> new ArrayList<>())
                .add(new Written(key, content));
    }

    /** The resources of a type. */
    List<SearchFacts> ofType(String type) {
        return facts.computeIfAbsent(
                type,
                ignored ->
                        byType.getOrDefault(type, List.of()).stream()
                                .map(it -> facts(it.key(), now, it.content().get()))
                                .toList());
    }

    @Override
    public Optional<SearchFacts> find(ResourceKey key) {
        for (SearchFacts written : ofType(key.type())) {
            if (written.key().equals(key)) {
                return Optional.of(written);
            }
        }
        return services.storage()
                .resources()
                .read(tenant, key)
                .filter(found -> !found.deleted())
                .map(this::facts);
    }

    @Override
    public Iterable<SearchFacts> referringTo(
            ResourceKey target, String sourceType, String parameter) {
        var sources = new ArrayList<>(ofType(sourceType));
        var test =
                new ValueTest.LocalReference(
                        Optional.of(target.type()), target.id(), Optional.empty());
        Query query = Query.of(sourceType, new Criterion.Value(parameter, test), MOST_SOURCES);
        for (Hit hit : services.storage().currentSearch().search(tenant, query).hits()) {
            services.storage()
                    .resources()
                    .read(tenant, hit.key())
                    .map(this::facts)
                    .ifPresent(sources::add);
        }
        return sources;
    }

    private SearchFacts facts(StoredResource stored) {
        return facts(
                stored.key(),
                stored.lastUpdated(),
                JsonReader.readObject(stored.content().bytes()));
    }

    private SearchFacts facts(ResourceKey key, Instant time, JsonObject content) {
        return new SearchFacts(
                key, time, services.rules().searchValues(tenant, content, ScanSearch.FEATURES));
    }
}
