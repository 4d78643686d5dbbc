package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.kernel.lent.SideBySide;
import dev.andiron.server.interaction.Services;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.tenant.TenantContext;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one attempt has seen of the store, each thing once. Others write meanwhile; the commit's
 * preconditions tell if that mattered. Not safe for use by several threads while it reads.
 */
final class StoreState {
    private final Services services;
    private final TenantContext tenant;
    private final Map<ResourceKey, ResourceHead> heads = new HashMap<>();
    private final Map<ResourceKey, StoredResource> contents = new HashMap<>();
    private final Map<String, List<ResourceKey>> matches = new HashMap<>();

    StoreState(Services services, TenantContext tenant) {
        this.services = services;
        this.tenant = tenant;
    }

    /** A search for live resources, and for how many. */
    record Wanted(Condition condition, int limit) {
        String name() {
            return limit + " " + condition.text();
        }
    }

    /** Finds up to {@code limit} live resources that match. */
    List<ResourceKey> matches(Condition condition, int limit) {
        var wanted = new Wanted(condition, limit);
        return matches.computeIfAbsent(wanted.name(), _ -> search(wanted));
    }

    private List<ResourceKey> search(Wanted wanted) {
        Condition condition = wanted.condition();
        Query query = Query.of(condition.type(), condition.criterion(), wanted.limit());
        var page = services.storage().currentSearch().search(tenant, query);
        return page.hits().stream().map(Hit::key).toList();
    }

    /**
     * Makes searches side by side, if the storage is one that nodes share: it is far away, and
     * answers many as soon as one. What fails is asked again by itself.
     */
    void searchAhead(Collection<Wanted> searches) {
        List<Wanted> unknown =
                searches.stream().filter(wanted -> !matches.containsKey(wanted.name())).toList();
        if (unknown.size() < 2 || !services.storage().capabilities().shared()) {
            return;
        }
        List<Optional<List<ResourceKey>>> found =
                SideBySide.map(
                        unknown,
                        wanted -> {
                            try {
                                return Optional.of(search(wanted));
                            } catch (StorageException | FhirException askedAgain) {
                                return Optional.empty();
                            }
                        });
        for (int i = 0; i < found.size(); i++) {
            String name = unknown.get(i).name();
            found.get(i).ifPresent(keys -> matches.put(name, keys));
        }
    }

    /** Reads the facts of resources, in one call. */
    void readHeads(Collection<ResourceKey> keys) {
        var unknown = new ArrayList<ResourceKey>(keys);
        unknown.removeIf(heads::containsKey);
        if (!unknown.isEmpty()) {
            for (ResourceHead head : services.storage().resources().heads(tenant, unknown)) {
                heads.put(head.key(), head);
            }
        }
    }

    /** Reads resources with their content, in one call. */
    void readContents(Collection<ResourceKey> keys) {
        if (!keys.isEmpty()) {
            for (StoredResource found : services.storage().resources().readMany(tenant, keys)) {
                contents.put(found.key(), found);
                heads.put(found.key(), ResourceHead.of(found));
            }
        }
    }

    /** The facts that were read, also of a deleted resource; empty if it never existed. */
    Optional<ResourceHead> head(ResourceKey key) {
        return Optional.ofNullable(heads.get(key));
    }

    /** The live content that was read. */
    Optional<StoredResource> content(ResourceKey key) {
        return Optional.ofNullable(contents.get(key)).filter(found -> !found.deleted());
    }
}
