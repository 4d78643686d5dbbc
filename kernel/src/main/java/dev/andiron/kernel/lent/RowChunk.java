package dev.andiron.kernel.lent;

import dev.andiron.fhir.view.CompiledView;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.RowCursor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Some resources whose rows are made by a thread of their own, which waits when nobody takes them.
 */
final class RowChunk {
    private static final int WAITING_BATCHES = 4;

    private final CompiledView view;
    private final List<Json> resources;
    private final long most;
    private final BlockingQueue<Part> parts = new ArrayBlockingQueue<>(WAITING_BATCHES);
    private final Thread maker;

    /** What is handed over: rows, the end, or why there are no more. */
    private sealed interface Part {
        record Rows(List<Row> rows) implements Part {}

        record End() implements Part {}

        record Failure(RuntimeException reason) implements Part {}
    }

    /** Thrown within the maker alone, to leave an evaluation that nobody wants any more. */
    private static final class Unwanted extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unwanted() {
            super(null, null, false, false);
        }
    }

    private RowChunk(CompiledView view, List<Json> resources, long most) {
        this.view = view;
        this.resources = List.copyOf(resources);
        this.most = most;
        this.maker = Thread.ofVirtual().name("view-rows").unstarted(this::make);
    }

    /**
     * Starts to make rows.
     *
     * @param most no more rows than these are of use
     */
    static RowChunk start(CompiledView view, List<Json> resources, long most) {
        var chunk = new RowChunk(view, resources, most);
        chunk.maker.start();
        return chunk;
    }

    /** The next rows, at least one; empty at the end. */
    Optional<List<Row>> next() throws InterruptedException {
        return switch (parts.take()) {
            case Part.Rows(List<Row> rows) -> Optional.of(rows);
            case Part.End() -> Optional.empty();
            case Part.Failure(RuntimeException reason) -> throw reason;
        };
    }

    /** Ends the making of rows. */
    void cancel() {
        maker.interrupt();
    }

    private void make() {
        Part last;
        try {
            var batch = new Batch();
            for (Json resource : resources) {
                if (!view.rows(resource, batch::take)) {
                    break;
                }
            }
            batch.handOver();
            last = new Part.End();
        } catch (Unwanted unwanted) {
            return;
        } catch (RuntimeException failed) {
            last = new Part.Failure(failed);
        } catch (StackOverflowError tooDeep) {
            last = new Part.Failure(new IllegalStateException("the view is too deep", tooDeep));
        }
        try {
            parts.put(last);
        } catch (InterruptedException unwanted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Rows on their way. */
    private final class Batch {
        private List<Row> rows = new ArrayList<>();
        private long taken;

        boolean take(Row row) {
            rows.add(row);
            if (rows.size() == RowCursor.MOST) {
                handOver();
            }
            return ++taken < most;
        }

        void handOver() {
            if (rows.isEmpty()) {
                return;
            }
            try {
                parts.put(new Part.Rows(rows));
            } catch (InterruptedException unwanted) {
                Thread.currentThread().interrupt();
                throw new Unwanted();
            }
            rows = new ArrayList<>();
        }
    }
}
