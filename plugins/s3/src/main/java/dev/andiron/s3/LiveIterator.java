package dev.andiron.s3;

import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Walks through the live resources of a snapshot in the order of their keys, some at a time. */
final class LiveIterator implements Iterator<LogRecord> {
    private static final int LOT = 256;

    private final Snapshot snapshot;
    private final Optional<String> type;
    private Optional<ResourceKey> place;
    private Iterator<LogRecord> lot = List.<LogRecord>of().iterator();
    private LogRecord next;
    private boolean ended;

    LiveIterator(Snapshot snapshot, ScanRequest request) {
        this.snapshot = snapshot;
        type = request.type();
        // No id is empty, so this key sorts in front of all of its type.
        Optional<ResourceKey> start = type.map(name -> new ResourceKey(name, ""));
        place =
                request.after()
                        .filter(key -> start.isEmpty() || key.compareTo(start.get()) > 0)
                        .or(() -> start);
    }

    @Override
    public boolean hasNext() {
        while (next == null && !ended) {
            if (!lot.hasNext()) {
                List<LogRecord> found = snapshot.newest(place, LOT);
                ended = found.isEmpty();
                if (!ended) {
                    place = Optional.of(found.getLast().key());
                }
                lot = found.iterator();
            } else {
                LogRecord record = lot.next();
                if (type.isPresent() && !type.get().equals(record.key().type())) {
                    ended = true;
                } else if (record.live()) {
                    next = record;
                }
            }
        }
        return next != null;
    }

    @Override
    public LogRecord next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        LogRecord found = next;
        next = null;
        return found;
    }
}
