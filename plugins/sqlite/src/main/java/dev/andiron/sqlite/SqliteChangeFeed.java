package dev.andiron.sqlite;

import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * Changes by position. The one writer gives positions in the order of its commits and nobody sees a
 * position before those in front of it, so a reader never passes over one.
 */
final class SqliteChangeFeed implements ChangeFeed {
    private static final String CHANGES =
            "SELECT "
                    + Versions.COLUMNS
                    + ", v.purged_id"
                    + VersionStretches.OF_TENANT
                    + " CROSS JOIN kinds k ON k.id = v.kind"
                    + " LEFT JOIN resources r ON r.id = v.resource"
                    + " WHERE s.tenant = ?1 AND s.stretch >= ?2 / "
                    + VersionStretches.LENGTH
                    + " AND v.tenant = ?1 AND v.position > ?2"
                    + " ORDER BY s.stretch, v.position LIMIT ?3";

    /** The last position of a tenant, if it has any. */
    static final String LAST =
            "SELECT v.position"
                    + VersionStretches.OF_TENANT
                    + " WHERE s.tenant = ?1 AND v.tenant = ?1"
                    + " ORDER BY s.stretch DESC, v.position DESC LIMIT 1";

    private final ReadPool reads;
    private final Numbers numbers;

    SqliteChangeFeed(ReadPool reads, Numbers numbers) {
        this.reads = reads;
        this.numbers = numbers;
    }

    @Override
    public List<Change> changes(TenantContext tenant, long after, int limit) {
        return reads.read(
                session -> {
                    var number =
                            SqliteCatalog.of(session, numbers, tenant.tenant().value()).tenant();
                    return number.isEmpty()
                            ? List.of()
                            : session.list(
                                    row -> change(row, session),
                                    CHANGES,
                                    number.getAsLong(),
                                    after,
                                    limit);
                });
    }

    private static Change change(ResultSet row, Session session) throws SQLException {
        long position = row.getLong(1);
        String purged = row.getString(10);
        return purged == null
                ? new Change.Written(position, Versions.resource(row, session.bodies()))
                : new Change.Purged(position, new ResourceKey(row.getString(2), purged));
    }

    @Override
    public long last(TenantContext tenant) {
        return reads.read(
                session -> {
                    var number =
                            SqliteCatalog.of(session, numbers, tenant.tenant().value()).tenant();
                    return number.isEmpty()
                            ? 0L
                            : session.number(LAST, number.getAsLong()).orElse(0);
                });
    }

    @Override
    public List<TenantId> tenants(String after, int limit) {
        return reads.read(
                session ->
                        session.list(
                                row -> new TenantId(row.getString(1)),
                                "SELECT name FROM tenants WHERE name > ? ORDER BY name LIMIT ?",
                                after,
                                limit));
    }
}
