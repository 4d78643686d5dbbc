package dev.andiron.sqlite;

import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Current resources. */
final class SqliteResourceStore implements ResourceStore {
    private static final String FROM =
            " FROM resources r JOIN versions v ON v.position = r.position"
                    + " JOIN kinds k ON k.id = r.kind WHERE r.kind = ? AND r.logical_id = ?";
    private static final String READ = "SELECT " + Versions.COLUMNS + FROM;
    private static final String HEAD =
            "SELECT k.type, r.logical_id, r.version, r.last_updated, r.deleted"
                    + " FROM resources r JOIN kinds k ON k.id = r.kind"
                    + " WHERE r.kind = ? AND r.logical_id = ? AND r.version > 0";

    /** Keys of one borrowed session; between two, others get their turn. */
    private static final int CHUNK = 500;

    private final ReadPool reads;
    private final Numbers numbers;
    private final Writer writer;
    private final BodyCache bodies;

    SqliteResourceStore(ReadPool reads, Numbers numbers, Writer writer, BodyCache bodies) {
        this.reads = reads;
        this.numbers = numbers;
        this.writer = writer;
        this.bodies = bodies;
    }

    @Override
    public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
        return bodies.read(
                new BodyCache.Key(tenant.tenant().value(), key), () -> stored(tenant, key));
    }

    private Optional<StoredResource> stored(TenantContext tenant, ResourceKey key) {
        return reads.lookUp(session -> read(session, catalog(session, tenant), key));
    }

    private SqliteCatalog catalog(Session session, TenantContext tenant) throws SQLException {
        return SqliteCatalog.of(session, numbers, tenant.tenant().value());
    }

    private static Optional<StoredResource> read(
            Session session, SqliteCatalog catalog, ResourceKey key) throws SQLException {
        var kind = catalog.kind(key.type());
        return kind.isEmpty()
                ? Optional.empty()
                : session.first(
                        row -> Versions.resource(row, session.bodies()),
                        READ,
                        kind.getAsLong(),
                        IdCode.encode(key.id()));
    }

    @Override
    public List<StoredResource> readMany(TenantContext tenant, Collection<ResourceKey> keys) {
        var found = new ArrayList<StoredResource>(keys.size());
        forChunks(
                tenant,
                keys,
                (session, catalog, key) -> read(session, catalog, key).ifPresent(found::add));
        return found;
    }

    @Override
    public Optional<ResourceHead> head(TenantContext tenant, ResourceKey key) {
        return reads.lookUp(session -> head(session, catalog(session, tenant), key));
    }

    private static Optional<ResourceHead> head(
            Session session, SqliteCatalog catalog, ResourceKey key) throws SQLException {
        var kind = catalog.kind(key.type());
        return kind.isEmpty()
                ? Optional.empty()
                : session.first(Versions::head, HEAD, kind.getAsLong(), IdCode.encode(key.id()));
    }

    @Override
    public List<ResourceHead> heads(TenantContext tenant, Collection<ResourceKey> keys) {
        var found = new ArrayList<ResourceHead>(keys.size());
        forChunks(
                tenant,
                keys,
                (session, catalog, key) -> head(session, catalog, key).ifPresent(found::add));
        return found;
    }

    @FunctionalInterface
    private interface KeyWork {
        void run(Session session, SqliteCatalog catalog, ResourceKey key) throws SQLException;
    }

    private void forChunks(TenantContext tenant, Collection<ResourceKey> keys, KeyWork work) {
        var all = List.copyOf(Set.copyOf(keys));
        for (int start = 0; start < all.size(); start += CHUNK) {
            var chunk = all.subList(start, Math.min(start + CHUNK, all.size()));
            reads.read(
                    session -> {
                        var catalog = catalog(session, tenant);
                        for (ResourceKey key : chunk) {
                            work.run(session, catalog, key);
                        }
                        return null;
                    });
        }
    }

    @Override
    public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
        return new ScanCursor(reads, numbers, tenant.tenant().value(), request);
    }

    @Override
    public CommitResult commit(TenantContext tenant, Commit commit) {
        return writer.commit(tenant.tenant().value(), commit);
    }

    @Override
    public OptionalLong count(TenantContext tenant, Optional<String> type) {
        return reads.read(
                session -> {
                    var types = type.map(Set::of).orElseGet(Set::of);
                    long count = 0;
                    for (var kind : catalog(session, tenant).kinds(types)) {
                        count +=
                                session.number(
                                                "SELECT count(*) FROM resources"
                                                        + " WHERE kind = ? AND deleted = 0",
                                                kind.number())
                                        .orElse(0);
                    }
                    return OptionalLong.of(count);
                });
    }
}
