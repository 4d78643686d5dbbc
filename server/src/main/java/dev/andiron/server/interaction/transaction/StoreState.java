package dev.andiron.server.interaction.transaction;

import dev.andiron.server.interaction.Services;
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

    /** Finds up to {@code limit} live resources that match. */
    List<ResourceKey> matches(Condition condition, int limit) {
        return matches.computeIfAbsent(
                limit + " " + condition.text(),
                ignored -> {
                    Query query = Query.of(condition.type(), condition.criterion(), limit);
                    var page = services.storage().currentSearch().search(tenant, query);
                    return page.hits().stream().map(Hit::key).toList();
                });
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
