package dev.andiron.sqlite;

import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.RowCursor;
import dev.andiron.spi.view.ViewRequest;

import java.util.List;

/**
 * The rows of a view, some resources at a time: between two lots it holds no session and no
 * snapshot, however slow its reader is. Used by one thread at a time.
 */
final class SqliteRowCursor implements RowCursor {
    private final ReadPool reads;
    private final ViewLots lots;
    private List<Row> rows = List.of();
    private long left;

    SqliteRowCursor(ReadPool reads, Numbers numbers, TenantContext tenant, ViewRequest request) {
        this.reads = reads;
        lots = new ViewLots(numbers, tenant, request);
        left = request.limit().orElse(Long.MAX_VALUE);
    }

    @Override
    public List<Row> next() {
        while (rows.isEmpty() && !lots.ended() && left > 0) {
            rows = reads.read(session -> session.inTransaction(lots::next));
        }
        int count = (int) Math.min(left, Math.min(rows.size(), MOST));
        List<Row> next = rows.subList(0, count);
        rows = rows.subList(count, rows.size());
        left -= count;
        return List.copyOf(next);
    }

    @Override
    public void close() {
        left = 0;
        rows = List.of();
    }
}
