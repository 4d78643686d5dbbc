package dev.andiron.postgres;

import dev.andiron.postgres.Session.SqlArray;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Current resources. */
final class PostgresResourceStore implements ResourceStore {
    private static final String VERSION =
            " JOIN versions v ON v.tenant = r.tenant AND v.position = r.position";
    private static final String ONE =
            " FROM kinds k JOIN resources r ON r.tenant = k.tenant AND r.kind = k.id"
                    + VERSION
                    + " WHERE k.tenant = ? AND k.type = ? AND r.logical_id = ?";
    private static final String READ = "SELECT " + Versions.COLUMNS + ONE;
    private static final String HEAD_FROM_KEYS =
            "SELECT k.type, r.logical_id, r.version, r.last_updated, r.deleted";
    private static final String HEAD =
            HEAD_FROM_KEYS
                    + " FROM kinds k JOIN resources r ON r.tenant = k.tenant AND r.kind = k.id"
                    + " WHERE k.tenant = ? AND k.type = ? AND r.logical_id = ?";
    private static final String KEYS =
            " FROM unnest(?, ?) AS m (type, id)"
                    + " JOIN kinds k ON k.tenant = ? AND k.type = m.type"
                    + " JOIN resources r ON r.tenant = k.tenant AND r.kind = k.id"
                    + " AND r.logical_id = m.id";
    private static final String READ_MANY = "SELECT " + Versions.COLUMNS + KEYS + VERSION;
    private static final String HEADS = HEAD_FROM_KEYS + KEYS;

    /** Keys of one statement. */
    private static final int CHUNK = 1_000;

    private final Tenants tenants;
    private final Committer committer;

    PostgresResourceStore(Tenants tenants, Committer committer) {
        this.tenants = tenants;
        this.committer = committer;
    }

    @Override
    public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
        return tenants.read(
                tenant,
                Optional::empty,
                (session, number) ->
                        session.first(Versions::resource, READ, number, key.type(), key.id()));
    }

    @Override
    public List<StoredResource> readMany(TenantContext tenant, Collection<ResourceKey> keys) {
        return many(tenant, keys, READ_MANY, Versions::resource);
    }

    @Override
    public Optional<ResourceHead> head(TenantContext tenant, ResourceKey key) {
        return tenants.read(
                tenant,
                Optional::empty,
                (session, number) ->
                        session.first(Versions::head, HEAD, number, key.type(), key.id()));
    }

    @Override
    public List<ResourceHead> heads(TenantContext tenant, Collection<ResourceKey> keys) {
        return many(tenant, keys, HEADS, Versions::head);
    }

    private <T> List<T> many(
            TenantContext tenant, Collection<ResourceKey> keys, String sql, Session.Row<T> row) {
        var all = List.copyOf(Set.copyOf(keys));
        var found = new ArrayList<T>(all.size());
        for (int start = 0; start < all.size(); start += CHUNK) {
            var chunk = all.subList(start, Math.min(start + CHUNK, all.size()));
            var types = SqlArray.texts(chunk.stream().map(ResourceKey::type).toList());
            var ids = SqlArray.texts(chunk.stream().map(ResourceKey::id).toList());
            found.addAll(
                    tenants.read(
                            tenant,
                            List::of,
                            (session, number) -> session.list(row, sql, types, ids, number)));
        }
        return found;
    }

    @Override
    public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
        return new ScanCursor(tenants, tenant, request);
    }

    @Override
    public CommitResult commit(TenantContext tenant, Commit commit) {
        return committer.commit(tenant, commit);
    }

    @Override
    public OptionalLong count(TenantContext tenant, Optional<String> type) {
        return tenants.read(
                tenant,
                () -> OptionalLong.of(0),
                (session, number) ->
                        type.isEmpty()
                                ? session.number(
                                        "SELECT count(*) FROM resources"
                                                + " WHERE tenant = ? AND deleted = 0",
                                        number)
                                : session.number(
                                        "SELECT count(*) FROM resources r WHERE r.tenant = ? AND"
                                            + " r.deleted = 0 AND r.kind = (SELECT k.id FROM kinds"
                                            + " k WHERE k.tenant = ? AND k.type = ?)",
                                        number,
                                        number,
                                        type.get()));
    }
}
