package dev.andiron.postgres;

import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.tenant.TenantContext;

import java.util.List;
import java.util.Optional;

/** Earlier versions. */
final class PostgresVersionedStore implements VersionedStore {
    private static final String FROM =
            " FROM kinds k JOIN resources r ON r.tenant = k.tenant AND r.kind = k.id"
                    + " JOIN versions v ON v.tenant = r.tenant AND v.resource = r.id"
                    + " WHERE k.tenant = ? AND k.type = ? AND r.logical_id = ?";
    private static final String READ = "SELECT " + Versions.COLUMNS + FROM + " AND v.version = ?";
    private static final String LIST =
            "SELECT "
                    + Versions.HEAD_COLUMNS
                    + FROM
                    + " AND v.version > ? ORDER BY v.version LIMIT ?";

    private final Tenants tenants;

    PostgresVersionedStore(Tenants tenants) {
        this.tenants = tenants;
    }

    @Override
    public Optional<StoredResource> readVersion(
            TenantContext tenant, ResourceKey key, long version) {
        return tenants.read(
                tenant,
                Optional::empty,
                (session, number) ->
                        session.first(
                                Versions::resource, READ, number, key.type(), key.id(), version));
    }

    @Override
    public List<ResourceHead> versions(
            TenantContext tenant, ResourceKey key, long after, int limit) {
        return tenants.read(
                tenant,
                List::of,
                (session, number) ->
                        session.list(
                                Versions::head, LIST, number, key.type(), key.id(), after, limit));
    }
}
