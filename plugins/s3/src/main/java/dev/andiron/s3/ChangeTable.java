package dev.andiron.s3;

import dev.andiron.spi.resource.ResourceKey;

import java.util.Comparator;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Changes of a tenant in memory, by key and by position. They are added in the order of positions
 * by one thread at a time; others read meanwhile, and leave out what lies behind the position that
 * they know of.
 */
final class ChangeTable {
    /** A change's place among those of its key: the newest comes first. */
    record Place(ResourceKey key, long position) {
        static final Comparator<Place> ORDER =
                Comparator.comparing(Place::key)
                        .thenComparing(Comparator.comparingLong(Place::position).reversed());
    }

    private final ConcurrentNavigableMap<Place, LogRecord> byKey =
            new ConcurrentSkipListMap<>(Place.ORDER);
    private final ConcurrentNavigableMap<Long, LogRecord> byPosition =
            new ConcurrentSkipListMap<>();

    void add(LogRecord record) {
        byKey.put(new Place(record.key(), record.position()), record);
        byPosition.put(record.position(), record);
    }

    ConcurrentNavigableMap<Place, LogRecord> byKey() {
        return byKey;
    }

    ConcurrentNavigableMap<Long, LogRecord> byPosition() {
        return byPosition;
    }
}
