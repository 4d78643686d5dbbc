package dev.andiron.s3;

import dev.andiron.spi.resource.ResourceKey;

import java.util.Comparator;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/**
 * Changes of one stretch of a log in memory, by key and by position. They are added in the order of
 * positions by one thread at a time; others read meanwhile, and leave out what lies behind the
 * position that they know of.
 */
final class ChangeTable {
    /** A change's place among those of its key: the newest comes first. */
    record Place(ResourceKey key, long position) {
        static final Comparator<Place> ORDER =
                Comparator.comparing(Place::key)
                        .thenComparing(Comparator.comparingLong(Place::position).reversed());

        /** In front of all. */
        static final Place FIRST = new Place(new ResourceKey("", ""), Long.MAX_VALUE);

        static Place of(LogRecord record) {
            return new Place(record.key(), record.position());
        }
    }

    private final ConcurrentNavigableMap<Place, LogRecord> byKey =
            new ConcurrentSkipListMap<>(Place.ORDER);
    private final ConcurrentNavigableMap<Long, LogRecord> byPosition =
            new ConcurrentSkipListMap<>();
    private volatile long lastPurge;

    void add(LogRecord record) {
        byKey.put(Place.of(record), record);
        byPosition.put(record.position(), record);
        if (record.purge()) {
            lastPurge = record.position();
        }
    }

    ConcurrentNavigableMap<Place, LogRecord> byKey() {
        return byKey;
    }

    ConcurrentNavigableMap<Long, LogRecord> byPosition() {
        return byPosition;
    }

    /** The changes of a key up to a position, newest first. */
    Stream<LogRecord> ofKey(ResourceKey key, long last) {
        return byKey.subMap(new Place(key, last), true, new Place(key, 0), true).values().stream();
    }

    /** The position of the last purge; 0 if there is none. */
    long lastPurge() {
        return lastPurge;
    }
}
