package dev.andiron.s3;

import dev.andiron.s3.ChangeTable.Place;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/** Changes by key out of several places that each have them by key. Used by one thread. */
final class MergedChanges implements Iterator<LogRecord> {
    private final PriorityQueue<Source> sources =
            new PriorityQueue<>(Comparator.comparing(source -> Place.of(source.next), Place.ORDER));

    /** A source and what comes next of it. */
    private static final class Source {
        private final Iterator<LogRecord> rest;
        private LogRecord next;

        Source(Iterator<LogRecord> rest) {
            this.rest = rest;
            next = rest.next();
        }
    }

    MergedChanges(List<Iterator<LogRecord>> sources) {
        for (Iterator<LogRecord> each : sources) {
            if (each.hasNext()) {
                this.sources.add(new Source(each));
            }
        }
    }

    @Override
    public boolean hasNext() {
        return !sources.isEmpty();
    }

    @Override
    public LogRecord next() {
        Source first = sources.poll();
        if (first == null) {
            throw new NoSuchElementException();
        }
        LogRecord record = first.next;
        if (first.rest.hasNext()) {
            first.next = first.rest.next();
            sources.add(first);
        }
        return record;
    }
}
