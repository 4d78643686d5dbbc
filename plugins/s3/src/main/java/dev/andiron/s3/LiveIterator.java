package dev.andiron.s3;

import dev.andiron.s3.ChangeTable.Place;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Walks through the live resources of a snapshot in the order of their keys. */
final class LiveIterator implements Iterator<LogRecord> {
    private final Iterator<LogRecord> changes;
    private final long last;
    private final Optional<String> type;
    private ResourceKey previous;
    private LogRecord next;
    private boolean ended;

    LiveIterator(Snapshot snapshot, ScanRequest request) {
        last = snapshot.last();
        type = request.type();
        // No id is empty, so this place is in front of all of its type; position 0 is behind all
        // changes of its key.
        Place start =
                type.map(name -> new Place(new ResourceKey(name, ""), Long.MAX_VALUE))
                        .orElse(Place.FIRST);
        changes =
                snapshot.byKey(
                        request.after()
                                .map(key -> new Place(key, 0))
                                .filter(place -> Place.ORDER.compare(place, start) > 0)
                                .orElse(start));
    }

    @Override
    public boolean hasNext() {
        while (next == null && !ended) {
            ended = !changes.hasNext();
            if (!ended) {
                look(changes.next());
            }
        }
        return next != null;
    }

    private void look(LogRecord record) {
        if (type.isPresent() && !type.get().equals(record.key().type())) {
            ended = true;
        } else if (record.position() <= last && !record.key().equals(previous)) {
            previous = record.key();
            next = record.live() ? record : null;
        }
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
