package dev.andiron.postgres;

import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A walk through live resources in the order of their keys, a batch at a time: between two batches
 * it holds no connection and no snapshot, however slow its reader is.
 */
final class ScanCursor implements ResourceCursor {
    private static final int BATCH = 500;

    /** What a batch may hold before the server sends no more of it. */
    private static final long BATCH_BYTES = 4L << 20;

    private static final int FETCH = 50;

    private static final String TYPES =
            "SELECT type FROM kinds WHERE tenant = ? AND type >= ? ORDER BY type";
    // The type's number is looked up first: the index then gives rows in the order asked for, and
    // no batch sorts what lies behind it.
    private static final String ROWS =
            "SELECT "
                    + Versions.COLUMNS
                    + " FROM (SELECT s.tenant, s.kind, s.logical_id, s.position FROM resources s"
                    + " WHERE s.tenant = ? AND s.kind ="
                    + " (SELECT n.id FROM kinds n WHERE n.tenant = ? AND n.type = ?)"
                    + " AND s.logical_id > ? AND s.deleted = 0 ORDER BY s.logical_id LIMIT "
                    + BATCH
                    + ") r JOIN kinds k ON k.tenant = r.tenant AND k.id = r.kind"
                    + " JOIN versions v ON v.tenant = r.tenant AND v.position = r.position"
                    + " ORDER BY r.logical_id";

    private final Tenants tenants;
    private final TenantContext tenant;
    private final Optional<String> type;
    private final Deque<StoredResource> batch = new ArrayDeque<>();
    private ResourceKey last;
    private boolean ended;

    ScanCursor(Tenants tenants, TenantContext tenant, ScanRequest request) {
        this.tenants = tenants;
        this.tenant = tenant;
        type = request.type();
        last = request.after().orElse(new ResourceKey("", ""));
    }

    @Override
    public Optional<StoredResource> next() {
        if (batch.isEmpty() && !ended) {
            ended = !tenants.read(tenant, () -> false, this::fill);
        }
        var next = Optional.ofNullable(batch.poll());
        next.ifPresent(resource -> last = resource.key());
        return next;
    }

    /** Fills the batch, if there is anything left. May be repeated. */
    private boolean fill(Session session, int number) throws SQLException {
        batch.clear();
        List<String> types =
                type.isPresent()
                        ? List.of(type.get())
                        : session.list(row -> row.getString(1), TYPES, number, last.type());
        for (String each : types) {
            int order = each.compareTo(last.type());
            if (order >= 0 && fill(session, number, each, order == 0 ? last.id() : "")) {
                return true;
            }
        }
        return false;
    }

    private boolean fill(Session session, int number, String each, String after)
            throws SQLException {
        // Within a transaction the driver takes rows in portions.
        session.begin();
        try (var statement = session.bind(ROWS, List.of(number, number, each, after))) {
            statement.setFetchSize(FETCH);
            try (ResultSet rows = statement.executeQuery()) {
                long bytes = 0;
                while (bytes < BATCH_BYTES && rows.next()) {
                    StoredResource resource = Versions.resource(rows);
                    bytes += resource.content().length();
                    batch.add(resource);
                }
            }
        }
        session.commit();
        return !batch.isEmpty();
    }

    @Override
    public void close() {
        ended = true;
        batch.clear();
    }
}
