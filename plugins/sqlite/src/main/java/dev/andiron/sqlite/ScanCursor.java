package dev.andiron.sqlite;

import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.sql.Kind;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A walk through live resources in the order of their keys, a batch at a time: between two batches
 * it holds no session and no snapshot, however slow its reader is.
 */
final class ScanCursor implements ResourceCursor {
    private static final String BATCH =
            "SELECT "
                    + Versions.COLUMNS
                    + " FROM resources r JOIN versions v ON v.position = r.position"
                    + " JOIN kinds k ON k.id = r.kind"
                    + " WHERE r.kind = ? AND r.logical_id > ? AND r.deleted = 0"
                    + " ORDER BY r.logical_id LIMIT "
                    + Batch.ROWS;

    private final ReadPool reads;
    private final Numbers numbers;
    private final String tenant;
    private final Set<String> types;
    private final Deque<StoredResource> batch = new ArrayDeque<>();
    private ResourceKey last;
    private boolean ended;

    ScanCursor(ReadPool reads, Numbers numbers, String tenant, ScanRequest request) {
        this.reads = reads;
        this.numbers = numbers;
        this.tenant = tenant;
        types = request.type().map(Set::of).orElseGet(Set::of);
        last = request.after().orElse(new ResourceKey("", ""));
    }

    @Override
    public Optional<StoredResource> next() {
        if (batch.isEmpty() && !ended) {
            ended = !reads.read(this::fill);
        }
        var next = Optional.ofNullable(batch.poll());
        next.ifPresent(resource -> last = resource.key());
        return next;
    }

    /** Fills the batch, if there is anything left. */
    private boolean fill(Session session) throws SQLException {
        var kinds =
                SqliteCatalog.of(session, numbers, tenant).kinds(types).stream()
                        .sorted(Comparator.comparing(Kind::type))
                        .toList();
        for (Kind kind : kinds) {
            int order = kind.type().compareTo(last.type());
            if (order >= 0 && fill(session, kind, order == 0 ? last.id() : "")) {
                return true;
            }
        }
        return false;
    }

    private boolean fill(Session session, Kind kind, String after) throws SQLException {
        var statement = session.bind(BATCH, List.of(kind.number(), IdCode.encode(after)));
        try (ResultSet rows = statement.executeQuery()) {
            long bytes = 0;
            while (bytes < Batch.BYTES && rows.next()) {
                StoredResource resource = Versions.resource(rows, session.bodies());
                bytes += resource.content().length();
                batch.add(resource);
            }
            return !batch.isEmpty();
        }
    }

    @Override
    public void close() {
        ended = true;
        batch.clear();
    }

    /** How much is read at once, whichever is reached first. */
    private static final class Batch {
        static final int ROWS = 500;
        static final long BYTES = 4L << 20;
    }
}
