package dev.andiron.sqlite;

import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.RowCursor;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * The rows of a view, some resources at a time: each lot is read in a snapshot of its own, so that
 * however slow the reader is, no snapshot is held for it. While rows are taken the next lots are
 * read beside each other, and given in their order. Used by one thread at a time.
 */
final class SqliteRowCursor implements RowCursor {
    /** One more than can be made at once, as one waits to be taken. */
    private static final int BESIDE = Math.max(2, Runtime.getRuntime().availableProcessors()) + 1;

    private final ReadPool reads;
    private final ViewLots lots;
    private final Deque<Future<ViewLots.Lot>> readings = new ArrayDeque<>();

    /** What no lot has been started for; known only once the last one knows its resources. */
    private CompletableFuture<Optional<ViewLots.Range>> unread =
            CompletableFuture.completedFuture(Optional.of(ViewLots.Range.START));

    private List<Row> rows = List.of();
    private long left;
    private int beside = 1;
    private volatile boolean closed;

    /**
     * @param limit how many rows at most
     */
    SqliteRowCursor(ReadPool reads, ViewLots lots, long limit) {
        this.reads = reads;
        this.lots = lots;
        left = limit;
    }

    @Override
    public List<Row> next() {
        while (rows.isEmpty() && left > 0) {
            startMore();
            if (readings.isEmpty()) {
                left = 0;
                break;
            }
            ViewLots.Lot lot = ReadPool.await(readings.poll());
            rows = lot.rows();
            // What a lot left over comes before what was started behind it.
            lot.rest().ifPresent(rest -> readings.addFirst(alone(rest)));
            beside = BESIDE;
            if (left > rows.size()) {
                startMore();
            }
        }
        int count = (int) Math.min(left, Math.min(rows.size(), MOST));
        List<Row> next = List.copyOf(rows.subList(0, count));
        rows = rows.subList(count, rows.size());
        left -= count;
        return next;
    }

    /** Starts lots, of which only the first one is waited for. */
    private void startMore() {
        while (readings.size() < beside && (readings.isEmpty() || unread.isDone())) {
            Optional<ViewLots.Range> range = ReadPool.await(unread);
            if (range.isEmpty()) {
                return;
            }
            var behind = new CompletableFuture<Optional<ViewLots.Range>>();
            unread = behind;
            readings.add(chained(range.get(), behind));
        }
    }

    /**
     * Starts a lot.
     *
     * @param behind is told what follows it, as soon as that is known
     */
    private Future<ViewLots.Lot> chained(
            ViewLots.Range range, CompletableFuture<Optional<ViewLots.Range>> behind) {
        CompletableFuture<ViewLots.Lot> lot =
                reads.start(
                        session ->
                                session.inTransaction(
                                        _ -> {
                                            ViewLots.Resources resources =
                                                    resources(session, range);
                                            behind.complete(resources.behind());
                                            return lots.read(
                                                    session, range.upTo(resources), resources);
                                        }));
        return lot.whenComplete(
                (_, failed) -> {
                    if (failed != null) {
                        behind.completeExceptionally(failed.getCause());
                    }
                });
    }

    /** Starts what a lot left over; nothing waits for where it ends. */
    private Future<ViewLots.Lot> alone(ViewLots.Range range) {
        return reads.start(
                session ->
                        session.inTransaction(
                                _ -> lots.read(session, range, resources(session, range))));
    }

    private ViewLots.Resources resources(Session session, ViewLots.Range range)
            throws SQLException {
        return closed ? ViewLots.Resources.NONE : lots.resources(session, range);
    }

    @Override
    public void close() {
        closed = true;
        left = 0;
        rows = List.of();
        readings.clear();
    }
}
