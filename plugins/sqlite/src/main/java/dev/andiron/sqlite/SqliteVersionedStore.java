package dev.andiron.sqlite;

import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.tenant.TenantContext;

import java.util.List;
import java.util.Optional;

/** Earlier versions. */
final class SqliteVersionedStore implements VersionedStore {
    private static final String FROM =
            " FROM resources r JOIN versions v ON v.resource = r.id JOIN kinds k ON k.id = r.kind"
                    + " WHERE r.kind = ? AND r.logical_id = ?";
    private static final String READ = "SELECT " + Versions.COLUMNS + FROM + " AND v.version = ?";
    private static final String LIST =
            "SELECT "
                    + Versions.HEAD_COLUMNS
                    + FROM
                    + " AND v.version > ? ORDER BY v.version LIMIT ?";

    private final ReadPool reads;
    private final Numbers numbers;

    SqliteVersionedStore(ReadPool reads, Numbers numbers) {
        this.reads = reads;
        this.numbers = numbers;
    }

    @Override
    public Optional<StoredResource> readVersion(
            TenantContext tenant, ResourceKey key, long version) {
        return reads.lookUp(
                session -> {
                    var kind =
                            SqliteCatalog.of(session, numbers, tenant.tenant().value())
                                    .kind(key.type());
                    return kind.isEmpty()
                            ? Optional.empty()
                            : session.first(
                                    row -> Versions.resource(row, session.bodies()),
                                    READ,
                                    kind.getAsLong(),
                                    IdCode.encode(key.id()),
                                    version);
                });
    }

    @Override
    public List<ResourceHead> versions(
            TenantContext tenant, ResourceKey key, long after, int limit) {
        return reads.read(
                session -> {
                    var kind =
                            SqliteCatalog.of(session, numbers, tenant.tenant().value())
                                    .kind(key.type());
                    return kind.isEmpty()
                            ? List.of()
                            : session.list(
                                    Versions::head,
                                    LIST,
                                    kind.getAsLong(),
                                    IdCode.encode(key.id()),
                                    after,
                                    limit);
                });
    }
}
