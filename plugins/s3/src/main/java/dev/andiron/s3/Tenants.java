package dev.andiron.s3;

import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What this node knows of each tenant. The tenants that were used longest ago are forgotten: their
 * logs are read again when they come back. Safe for use by many threads at once.
 */
final class Tenants {
    /** How many tenants are remembered. */
    private static final int MOST = 10_000;

    /** A tenant's log, and who writes it. */
    record Tenant(TenantLog log, Committer committer) {}

    private final ObjectStore objects;
    private final ContentCache cache;
    private final IndexCache index;
    private final IndexShape shape;
    private final Packs packs;
    private final boolean shared;
    private final Map<TenantId, Tenant> tenants =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<TenantId, Tenant> eldest) {
                    return size() > MOST && !eldest.getValue().committer().busy();
                }
            };

    Tenants(
            ObjectStore objects,
            ContentCache cache,
            IndexCache index,
            IndexShape shape,
            boolean shared) {
        this.objects = objects;
        this.index = index;
        this.shape = shape;
        this.cache = cache;
        this.shared = shared;
        packs = new Packs(objects);
    }

    /** The logs that this node knows. */
    synchronized List<TenantLog> known() {
        return tenants.values().stream().map(Tenant::log).toList();
    }

    synchronized Tenant of(TenantContext context) {
        return tenants.computeIfAbsent(
                context.tenant(),
                id -> {
                    var log =
                            new TenantLog(
                                    id,
                                    objects,
                                    cache,
                                    new RunStore(id, objects, index, shape),
                                    shared);
                    return new Tenant(log, new Committer(log, packs));
                });
    }
}
