package dev.andiron.s3;

import dev.andiron.spi.resource.Json;

import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * Contents that were read or written lately, unpacked, up to a number of bytes; the one that was
 * used longest ago goes first. Stored contents never change, so nothing in here is ever stale. Safe
 * for use by many threads at once.
 */
final class ContentCache {
    /** What an entry costs beside its bytes. */
    private static final int OVERHEAD = 200;

    private record Place(String object, long offset) {
        static Place of(Location location) {
            return new Place(location.object(), location.offset());
        }
    }

    private final long limit;
    private final LinkedHashMap<Place, Json> contents = new LinkedHashMap<>(16, 0.75f, true);
    private long size;

    ContentCache(long limit) {
        this.limit = limit;
    }

    synchronized Optional<Json> find(Location location) {
        return Optional.ofNullable(contents.get(Place.of(location)));
    }

    synchronized void keep(Location location, Json content) {
        int cost = content.length() + OVERHEAD;
        if (cost > limit / 8 || contents.putIfAbsent(Place.of(location), content) != null) {
            return;
        }
        size += cost;
        var oldest = contents.entrySet().iterator();
        while (size > limit) {
            size -= oldest.next().getValue().length() + OVERHEAD;
            oldest.remove();
        }
    }

    /** The contents that lie in an entry of the log. */
    void keep(LogEntry entry, byte[] bytes) {
        for (LogRecord record : entry.records()) {
            record.content()
                    .filter(location -> location.object().equals(entry.key()))
                    .ifPresent(
                            location ->
                                    keep(
                                            location,
                                            PackedContent.unpack(
                                                    location, bytes, (int) location.offset())));
        }
    }

    /** Forgets the content of a version that is erased. */
    void drop(LogRecord record) {
        record.content().ifPresent(this::drop);
    }

    private synchronized void drop(Location location) {
        Json dropped = contents.remove(Place.of(location));
        if (dropped != null) {
            size -= dropped.length() + OVERHEAD;
        }
    }
}
