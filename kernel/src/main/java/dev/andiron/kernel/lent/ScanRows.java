package dev.andiron.kernel.lent;

import dev.andiron.fhir.view.CompiledView;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.RowCursor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The rows of a view over a source of resources: chunks of resources are evaluated beside each
 * other, and their rows given in the order of the resources. Memory holds as many chunks as are
 * evaluated at once, each with a few thousand rows at most.
 */
final class ScanRows implements RowCursor {
    /** Chunks grow from a few resources, so that the first row comes soon. */
    private static final int FIRST_CHUNK = 4;

    private static final int CHUNK = 128;

    /** How many bytes of resources close a chunk. */
    private static final int CHUNK_BYTES = 512 * 1024;

    private final CompiledView view;
    private final ResourceSource source;
    private final int beside;
    private final Deque<RowChunk> chunks = new ArrayDeque<>();
    private long remaining;
    private int chunkSize = FIRST_CHUNK;
    private boolean sourceEnded;
    private boolean closed;

    /**
     * Prepares a run.
     *
     * @param source is closed with this cursor
     * @param limit how many rows at most
     * @param beside how many chunks are evaluated at once
     */
    ScanRows(CompiledView view, ResourceSource source, long limit, int beside) {
        this.view = view;
        this.source = source;
        this.remaining = limit;
        this.beside = beside;
    }

    @Override
    public List<Row> next() {
        while (!closed && remaining > 0) {
            fill();
            if (chunks.isEmpty()) {
                break;
            }
            Optional<List<Row>> rows = take(chunks.getFirst());
            if (rows.isPresent()) {
                return limited(rows.get());
            }
            chunks.removeFirst();
        }
        close();
        return List.of();
    }

    private static Optional<List<Row>> take(RowChunk chunk) {
        try {
            return chunk.next();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StorageException.Timeout("the run of the view was interrupted", interrupted);
        }
    }

    private List<Row> limited(List<Row> rows) {
        List<Row> wanted = rows.size() <= remaining ? rows : rows.subList(0, (int) remaining);
        remaining -= wanted.size();
        return List.copyOf(wanted);
    }

    /** Starts chunks until enough of them are on their way. */
    private void fill() {
        while (chunks.size() < beside && !sourceEnded) {
            List<Json> resources = read();
            if (!resources.isEmpty()) {
                chunks.add(RowChunk.start(view, resources, remaining));
            }
        }
    }

    private List<Json> read() {
        var resources = new ArrayList<Json>(chunkSize);
        int bytes = 0;
        while (resources.size() < chunkSize && bytes < CHUNK_BYTES) {
            Optional<Json> next = source.next();
            if (next.isEmpty()) {
                sourceEnded = true;
                break;
            }
            resources.add(next.get());
            bytes += next.get().length();
        }
        chunkSize = Math.min(CHUNK, chunkSize * 2);
        return resources;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        chunks.forEach(RowChunk::cancel);
        chunks.clear();
        source.close();
    }
}
