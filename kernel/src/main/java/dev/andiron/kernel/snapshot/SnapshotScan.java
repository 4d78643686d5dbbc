package dev.andiron.kernel.snapshot;

import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * A walk through the resources of a type as they were at the moment of a snapshot, some at a time.
 * Resources are read as they are now; what was written later is replaced by what it was, and what
 * was deleted later is added. Used by one thread, closed by whoever asked for it.
 */
public final class SnapshotScan implements AutoCloseable {
    private static final int ROWS = 500;
    private static final long BYTES = 4L << 20;

    private final Snapshot snapshot;
    private final DeletedKeys deleted;
    private final String type;
    private final ResourceCursor cursor;
    private String last;
    private boolean ended;

    SnapshotScan(
            Snapshot snapshot,
            ResourceStore store,
            DeletedKeys deleted,
            String type,
            String after) {
        this.snapshot = snapshot;
        this.deleted = deleted;
        this.type = type;
        last = after;
        ScanRequest request = ScanRequest.ofType(type);
        cursor =
                store.scan(
                        snapshot.tenant(),
                        after.isEmpty() ? request : request.after(new ResourceKey(type, after)));
    }

    /** The next resources; empty at the end. */
    public List<StoredResource> next() {
        while (!ended) {
            List<StoredResource> rows = cursor.next(ROWS, BYTES);
            ended = rows.isEmpty();
            Optional<String> to = ended ? Optional.empty() : Optional.of(rows.getLast().key().id());
            // Looked up behind the reading: what it did not meet had been deleted before.
            List<String> missed = deleted.between(type, last, to);
            List<StoredResource> then = asThen(rows, missed);
            last = to.orElse(last);
            if (!then.isEmpty()) {
                return then;
            }
        }
        return List.of();
    }

    /** Behind everything that was given: where another walk would go on. */
    public String last() {
        return last;
    }

    private List<StoredResource> asThen(List<StoredResource> rows, List<String> missed) {
        boolean isSame = missed.isEmpty();
        for (int i = 0; isSame && i < rows.size(); i++) {
            isSame = !isLater(rows.get(i));
        }
        return isSame ? rows : merged(rows, missed.iterator());
    }

    private boolean isLater(StoredResource resource) {
        return resource.lastUpdated().isAfter(snapshot.time());
    }

    private List<StoredResource> merged(List<StoredResource> rows, Iterator<String> missed) {
        var then = new ArrayList<StoredResource>(rows.size());
        String next = missed.hasNext() ? missed.next() : null;
        for (StoredResource row : rows) {
            String id = row.key().id();
            while (next != null && next.compareTo(id) < 0) {
                read(next, then);
                next = missed.hasNext() ? missed.next() : null;
            }
            if (id.equals(next)) {
                next = missed.hasNext() ? missed.next() : null; // created again since
            }
            if (isLater(row)) {
                read(id, then);
            } else {
                then.add(row);
            }
        }
        while (next != null) {
            read(next, then);
            next = missed.hasNext() ? missed.next() : null;
        }
        return then;
    }

    private void read(String id, List<StoredResource> into) {
        snapshot.read(new ResourceKey(type, id)).ifPresent(into::add);
    }

    @Override
    public void close() {
        ended = true;
        cursor.close();
    }
}
