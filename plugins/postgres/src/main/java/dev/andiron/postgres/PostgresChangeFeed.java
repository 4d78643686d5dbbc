package dev.andiron.postgres;

import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * Changes by position, up to the position that no commit will come in front of any more. That one
 * is asked for first and by itself: what had ended by then is seen by the statement that follows.
 */
final class PostgresChangeFeed implements ChangeFeed {
    private static final String SETTLED = "SELECT settled_position(?)";
    private static final String CHANGES =
            "SELECT "
                    + Versions.COLUMNS
                    + ", v.purged_id"
                    + " FROM versions v JOIN kinds k ON k.tenant = v.tenant AND k.id = v.kind"
                    + " LEFT JOIN resources r ON r.tenant = v.tenant AND r.id = v.resource"
                    + " WHERE v.tenant = ? AND v.position > ? AND v.position < ?"
                    + " ORDER BY v.position LIMIT ?";
    private static final String LAST =
            "SELECT max(position) FROM versions WHERE tenant = ? AND position < ?";

    private final Tenants tenants;

    PostgresChangeFeed(Tenants tenants) {
        this.tenants = tenants;
    }

    private static long settled(Session session, Place place) throws SQLException {
        return session.number(SETTLED, place.announcement()).orElseThrow();
    }

    @Override
    public List<Change> changes(TenantContext tenant, long after, int limit) {
        return tenants.find(tenant).map(place -> changes(place, after, limit)).orElseGet(List::of);
    }

    private static List<Change> changes(Place place, long after, int limit) {
        return place.repeatably(
                session -> {
                    long settled = settled(session, place);
                    return session.list(
                            PostgresChangeFeed::change,
                            CHANGES,
                            place.number(),
                            after,
                            settled,
                            limit);
                });
    }

    private static Change change(ResultSet row) throws SQLException {
        long position = row.getLong(1);
        String purged = row.getString(Versions.COLUMN_COUNT + 1);
        return purged == null
                ? new Change.Written(position, Versions.resource(row))
                : new Change.Purged(position, new ResourceKey(row.getString(2), purged));
    }

    @Override
    public long last(TenantContext tenant) {
        return tenants.find(tenant).map(PostgresChangeFeed::last).orElse(0L);
    }

    private static long last(Place place) {
        return place.repeatably(
                session -> {
                    long settled = settled(session, place);
                    return session.number(LAST, place.number(), settled).orElse(0);
                });
    }

    @Override
    public List<TenantId> tenants(String after, int limit) {
        return tenants.directory()
                .repeatably(
                        Scope.EVERYBODY,
                        session ->
                                session.list(
                                        row -> new TenantId(row.getString(1)),
                                        "SELECT name FROM tenants WHERE active AND name > ?"
                                                + " ORDER BY name LIMIT ?",
                                        after,
                                        limit));
    }
}
