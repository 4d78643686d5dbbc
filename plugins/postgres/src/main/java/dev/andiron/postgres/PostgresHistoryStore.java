package dev.andiron.postgres;

import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.sql.SqlStatement;
import dev.andiron.sql.Times;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** History listings, by position backwards. */
final class PostgresHistoryStore implements HistoryStore {
    private static final String FROM =
            " FROM versions v JOIN resources r ON r.tenant = v.tenant AND r.id = v.resource"
                    + " JOIN kinds k ON k.tenant = v.tenant AND k.id = v.kind WHERE v.tenant = ?";

    private final Tenants tenants;

    PostgresHistoryStore(Tenants tenants) {
        this.tenants = tenants;
    }

    /** Conditions and their values. */
    private record Filter(StringBuilder sql, List<Object> values) {

        void and(String condition, Object... more) {
            sql.append(" AND ").append(condition);
            values.addAll(List.of(more));
        }
    }

    @Override
    public Page history(TenantContext tenant, HistoryRequest request) {
        return tenants.read(
                tenant,
                () -> new Page(List.of(), OptionalLong.empty()),
                (session, number) -> {
                    var filter = filter(number, request);
                    request.before().ifPresent(before -> filter.and("v.position < ?", before));
                    return page(session, request, filter);
                });
    }

    private static Page page(Session session, HistoryRequest request, Filter filter)
            throws SQLException {
        filter.values().add((long) request.limit() + 1);
        var positions = new ArrayList<Long>();
        var versions = new ArrayList<StoredResource>();
        String sql =
                "SELECT "
                        + Versions.COLUMNS
                        + FROM
                        + filter.sql()
                        + " ORDER BY "
                        + (request.scope() instanceof HistoryScope.Instance
                                ? "v.version"
                                : "v.position")
                        + " DESC LIMIT ?";
        try (var statement = session.bind(sql, filter.values());
                ResultSet rows = statement.executeQuery()) {
            while (versions.size() < request.limit() && rows.next()) {
                positions.add(rows.getLong(1));
                versions.add(Versions.resource(rows));
            }
            boolean more = !versions.isEmpty() && rows.next();
            return new Page(
                    versions, more ? OptionalLong.of(positions.getLast()) : OptionalLong.empty());
        }
    }

    @Override
    public OptionalLong count(TenantContext tenant, HistoryRequest request) {
        return tenants.read(
                tenant,
                () -> OptionalLong.of(0),
                (session, number) -> {
                    var filter = filter(number, request);
                    return session.number(
                            new SqlStatement(
                                    "SELECT count(*)" + FROM + filter.sql(), filter.values()));
                });
    }

    private static Filter filter(int tenant, HistoryRequest request) {
        var filter = new Filter(new StringBuilder(), new ArrayList<>());
        filter.values().add(tenant);
        switch (request.scope()) {
            case HistoryScope.Instance instance ->
                    filter.and(
                            "v.resource = (SELECT i.id FROM resources i JOIN kinds n ON n.tenant ="
                                + " i.tenant AND n.id = i.kind WHERE i.tenant = ? AND n.type = ?"
                                + " AND i.logical_id = ?)",
                            tenant,
                            instance.key().type(),
                            instance.key().id());
            case HistoryScope.Type type ->
                    filter.and(
                            "v.kind = (SELECT n.id FROM kinds n WHERE n.tenant = ? AND n.type = ?)",
                            tenant,
                            type.type());
            case HistoryScope.System _ -> filter.and("v.resource IS NOT NULL");
        }
        request.since()
                .ifPresent(since -> filter.and("v.last_updated >= ?", Times.millisUp(since)));
        request.at()
                .ifPresent(
                        at ->
                                filter.and(
                                        "v.last_updated < ? AND NOT EXISTS (SELECT 1 FROM versions"
                                                + " s WHERE s.tenant = v.tenant AND s.resource ="
                                                + " v.resource AND s.version = v.version + 1 AND"
                                                + " s.last_updated <= ?)",
                                        Times.millisUp(at.end()),
                                        Times.millisDown(at.start())));
        return filter;
    }
}
