package dev.andiron.sqlite;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/**
 * Which stretches of positions hold versions of a kind, and of a tenant. What is written together
 * mostly belongs together, so there are few rows, and to pass over the other versions of a stretch
 * costs little. A stretch whose versions were purged stays. For the writer's thread.
 */
final class VersionStretches {
    /** How many positions a stretch has. */
    static final long LENGTH = 32;

    /**
     * The versions {@code v} of the stretches {@code s} of a kind; in the order of both, the
     * statement says {@code s.kind} and {@code v.kind}.
     */
    static final String OF_KIND = from("kind_stretches");

    /** Likewise those of a tenant. */
    static final String OF_TENANT = from("tenant_stretches");

    /** More kinds and tenants than are written by turns. */
    private static final int KEPT = 20_000;

    private static final BulkInsert<Row> INSERT_KINDS =
            new BulkInsert<>("INSERT OR IGNORE INTO kind_stretches", 2, Row::bind);
    private static final BulkInsert<Row> INSERT_TENANTS =
            new BulkInsert<>("INSERT OR IGNORE INTO tenant_stretches", 2, Row::bind);

    private final Session session;
    private final Map<Long, Long> lastOfKinds = new HashMap<>();
    private final Map<Long, Long> lastOfTenants = new HashMap<>();
    private final ArrayList<Row> kinds = new ArrayList<>();
    private final ArrayList<Row> tenants = new ArrayList<>();

    private record Row(long owner, long stretch) {
        static int bind(PreparedStatement statement, int first, Row row) throws SQLException {
            statement.setLong(first, row.owner);
            statement.setLong(first + 1, row.stretch);
            return first + 2;
        }
    }

    VersionStretches(Session session) {
        this.session = session;
    }

    private static String from(String table) {
        return " FROM %1$s s CROSS JOIN versions v ON v.position BETWEEN s.stretch * %2$d AND s.stretch * %2$d + %3$d"
                .formatted(table, LENGTH, LENGTH - 1);
    }

    /** Takes note of a version; positions rise. */
    void add(long tenant, long kind, long position) {
        long stretch = position / LENGTH;
        add(lastOfKinds, kinds, kind, stretch);
        add(lastOfTenants, tenants, tenant, stretch);
    }

    private static void add(Map<Long, Long> last, ArrayList<Row> rows, long owner, long stretch) {
        Long before = last.put(owner, stretch);
        if (before == null || before != stretch) {
            rows.add(new Row(owner, stretch));
        }
        if (last.size() > KEPT) {
            last.clear();
        }
    }

    void flush() throws SQLException {
        INSERT_KINDS.flush(session, kinds);
        INSERT_TENANTS.flush(session, tenants);
    }

    /** Forgets what was taken in, for rows of it may have been taken back. */
    void rolledBack() {
        lastOfKinds.clear();
        lastOfTenants.clear();
        kinds.clear();
        tenants.clear();
    }
}
