package dev.andiron.s3;

import dev.andiron.spi.resource.ResourceKey;

/**
 * Which keys were ever purged, of the changes that lie in the index, as a filter: walks through
 * histories would otherwise look each version up, and hardly any was purged. It is filled from the
 * segments that have purges when somebody first asks. Safe for use by many threads at once.
 */
final class PurgedKeys {
    private static final long LEAST = 1_024;

    private KeyFilter filter = new KeyFilter(LEAST);
    private long room = LEAST;
    private long upTo;

    /** Whether a key may have been purged by a change that lies in the index of a snapshot. */
    synchronized boolean mayHave(Snapshot snapshot, ResourceKey key) {
        if (upTo < snapshot.purgedUpTo()) {
            fill(snapshot);
        }
        return filter.mayHave(key);
    }

    private void fill(Snapshot snapshot) {
        long purges = snapshot.segments().stream().mapToLong(Segment::purges).sum();
        long from = upTo;
        if (purges > room) {
            room = 2 * purges;
            filter = new KeyFilter(room);
            from = 0;
        }
        snapshot.whole()
                .indexed(from, segment -> segment.purges() > 0)
                .filter(LogRecord::purge)
                .forEach(purge -> filter.add(purge.key()));
        upTo = snapshot.purgedUpTo();
    }
}
