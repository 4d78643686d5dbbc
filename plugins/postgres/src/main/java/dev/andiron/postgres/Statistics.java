package dev.andiron.postgres;

import dev.andiron.spi.StorageException;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Has the database look at what its tables hold whenever this node has written as much again as it
 * had: plans made without are bad, and the database itself looks after a minute at the earliest.
 * Safe for use by many threads.
 */
final class Statistics {
    private static final long FIRST = 200;
    private static final String ANALYZE =
            "ANALYZE resources, versions, text_index, token_index, reference_index, date_index,"
                    + " number_index, position_index, composite_index, full_text_index, names";

    private final Map<Tables, Growth> growths = new ConcurrentHashMap<>();

    /**
     * What this node has written to the tables of a schema, and from where on they are looked at.
     */
    private record Growth(AtomicLong written, AtomicLong due) {}

    /** Takes note of a commit. */
    void wrote(Place place, int mutations) {
        var growth =
                growths.computeIfAbsent(
                        place.tables(), _ -> new Growth(new AtomicLong(), new AtomicLong(FIRST)));
        long total = growth.written.addAndGet(mutations);
        long limit = growth.due.get();
        if (total >= limit && growth.due.compareAndSet(limit, 2 * total)) {
            Thread.ofVirtual().name("postgres-analyze").start(() -> look(place));
        }
    }

    private static void look(Place place) {
        try {
            place.repeatably(
                    session -> {
                        session.run(ANALYZE);
                        return null;
                    });
        } catch (StorageException e) {
            System.getLogger(Statistics.class.getName())
                    .log(System.Logger.Level.DEBUG, "the tables were not looked at", e);
        }
    }
}
