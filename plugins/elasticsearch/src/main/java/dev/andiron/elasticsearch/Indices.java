package dev.andiron.elasticsearch;

import co.elastic.clients.json.JsonData;

import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.andiron.elasticsearch.ClusterMeters.Operation;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.tenant.TenantId;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Which index an alias stands for; makes those that are missing. Safe for use by many threads. */
final class Indices {
    private final Cluster cluster;
    private final IndexNames names;
    private final IndexDefinition definition;
    private final boolean perTenant;
    private final Map<String, String> known = new ConcurrentHashMap<>();
    private volatile boolean hasTemplate;

    Indices(Cluster cluster, ElasticsearchOptions options) {
        this.cluster = cluster;
        names = new IndexNames(options);
        definition = new IndexDefinition(options);
        perTenant = options.indexPer() == ElasticsearchOptions.IndexPer.TENANT;
    }

    /** Whether nobody else's resources are in a tenant's index. */
    boolean perTenant() {
        return perTenant;
    }

    /** The index of a tenant, if it is there. */
    Optional<String> find(TenantId tenant) {
        String alias = names.alias(tenant);
        String index = known.get(alias);
        if (index != null) {
            return Optional.of(index);
        }
        Optional<String> found = lookUp(alias);
        found.ifPresent(name -> known.put(alias, name));
        return found;
    }

    /** The index of a tenant, made if it is not there. */
    String ensure(TenantId tenant) {
        Optional<String> found = find(tenant);
        if (found.isPresent()) {
            return found.get();
        }
        String alias = names.alias(tenant);
        try {
            create(names.fresh(alias), alias);
        } catch (StorageException.Internal | StorageException.Unavailable refused) {
            // An alias leads to one index: of two that make one at once, the second is refused.
            if (lookUp(alias).isEmpty()) {
                throw refused;
            }
        }
        return find(tenant).orElseThrow(() -> absent(null));
    }

    private void create(String index, String alias) {
        ObjectNode body = definition.index();
        body.putObject("aliases").putObject(alias).put("is_write_index", true);
        send(index, body);
    }

    private void send(String index, ObjectNode body) {
        if (!hasTemplate) {
            cluster.send(
                    "PUT",
                    "/_index_template/" + names.template(),
                    definition.template().toString());
            hasTemplate = true;
        }
        cluster.send("PUT", "/" + index, body.toString());
    }

    private Optional<String> lookUp(String alias) {
        try {
            Optional<String> index =
                    cluster
                            .call(
                                    Operation.ADMINISTRATION,
                                    client -> client.indices().getAlias(r -> r.name(alias)))
                            .aliases()
                            .keySet()
                            .stream()
                            .findFirst();
            index.ifPresent(this::requireReadable);
            return index;
        } catch (StorageException.Unavailable failure) {
            if (Failures.isMissing(failure)) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private void requireReadable(String index) {
        var mapping =
                cluster.call(
                        Operation.ADMINISTRATION,
                        client -> client.indices().getMapping(r -> r.index(index)));
        JsonData format = mapping.mappings().get(index).mappings().meta().get("format");
        if (format == null || format.to(Integer.class) != IndexDefinition.FORMAT) {
            throw new StorageException.NotSupported(
                    "the search index "
                            + index
                            + " is of another format than this release reads: delete it, and it is"
                            + " filled anew");
        }
    }

    /** Forgets what the alias stood for: it is asked again. */
    void forget(TenantId tenant) {
        known.remove(names.alias(tenant));
    }

    /** Makes an index that no alias leads to. */
    String createAside(TenantId tenant) {
        String index = names.fresh(names.alias(tenant));
        send(index, definition.index());
        return index;
    }

    /** Lets the alias of a tenant lead from one index to another, and drops the first, at once. */
    void replace(TenantId tenant, String before, String now) {
        String alias = names.alias(tenant);
        cluster.call(
                Operation.ADMINISTRATION,
                client ->
                        client.indices()
                                .updateAliases(
                                        r ->
                                                r.actions(a -> a.removeIndex(i -> i.index(before)))
                                                        .actions(
                                                                a ->
                                                                        a.add(
                                                                                i ->
                                                                                        i.index(now)
                                                                                                .alias(
                                                                                                        alias)
                                                                                                .isWriteIndex(
                                                                                                        true)))));
        known.put(alias, now);
    }

    /** Drops an index, if it is there. */
    void drop(String index) {
        cluster.call(
                Operation.ADMINISTRATION,
                client -> client.indices().delete(r -> r.index(index).ignoreUnavailable(true)));
    }

    static StorageException.Unavailable absent(Exception cause) {
        return new StorageException.Unavailable(
                "the search index is not there now", Duration.ofSeconds(2), cause);
    }
}
