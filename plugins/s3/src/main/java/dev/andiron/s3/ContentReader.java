package dev.andiron.s3;

import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.StoredResource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fetches contents: those that lie near each other with one request, different places at once. Safe
 * for use by many threads at once.
 */
final class ContentReader {
    /** Bytes that are not wanted, and are read nevertheless to save a request. */
    private static final int GAP = 16 << 10;

    private static final int MOST_AT_ONCE = 8 << 20;

    private final ObjectStore objects;
    private final ContentCache cache;

    ContentReader(ObjectStore objects, ContentCache cache) {
        this.objects = objects;
        this.cache = cache;
    }

    /** A range of an object, and what is wanted of it, by offset. */
    private record Range(List<Location> wanted) {
        Location first() {
            return wanted.getFirst();
        }

        long end() {
            return wanted.getLast().end();
        }

        boolean takes(Location next) {
            return first().object().equals(next.object())
                    && next.offset() - end() <= GAP
                    && next.end() - first().offset() <= MOST_AT_ONCE;
        }
    }

    /** A version with its content; empty if it has been erased since. */
    Optional<StoredResource> resource(LogRecord record) {
        return find(List.of(record)).getFirst();
    }

    /** Versions with their contents, in the order of the records, without those erased since. */
    List<StoredResource> resources(List<LogRecord> records) {
        return find(records).stream().flatMap(Optional::stream).toList();
    }

    /** For each record the version with its content; empty if it has been erased since. */
    List<Optional<StoredResource>> find(List<LogRecord> records) {
        Map<Location, Json> found = new HashMap<>();
        var missing = new ArrayList<Location>();
        for (LogRecord record : records) {
            record.content()
                    .ifPresent(
                            location ->
                                    cache.find(location)
                                            .ifPresentOrElse(
                                                    json -> found.put(location, json),
                                                    () -> missing.add(location)));
        }
        if (!missing.isEmpty()) {
            Parallel.map(ranges(missing), this::fetch).forEach(found::putAll);
        }
        return records.stream().map(record -> resource(record, found)).toList();
    }

    private static Optional<StoredResource> resource(LogRecord record, Map<Location, Json> found) {
        Json content = record.content().map(found::get).orElse(Json.empty());
        return record.purge() || record.live() && content.isEmpty()
                ? Optional.empty()
                : Optional.of(record.resource(content));
    }

    private static List<Range> ranges(List<Location> locations) {
        locations.sort(Comparator.comparing(Location::object).thenComparingLong(Location::offset));
        var ranges = new ArrayList<Range>();
        for (Location location : locations) {
            if (ranges.isEmpty() || !ranges.getLast().takes(location)) {
                ranges.add(new Range(new ArrayList<>()));
            }
            ranges.getLast().wanted().add(location);
        }
        return ranges;
    }

    private Map<Location, Json> fetch(Range range) {
        long start = range.first().offset();
        Optional<byte[]> bytes =
                objects.read(range.first().object(), start, (int) (range.end() - start));
        Map<Location, Json> contents = new HashMap<>();
        // A pack goes when all that it held is erased.
        for (Location location : bytes.isEmpty() ? List.<Location>of() : range.wanted()) {
            int from = (int) (location.offset() - start);
            if (!Eraser.isErased(bytes.get(), from, location.stored())) {
                Json json = PackedContent.unpack(location, bytes.get(), from);
                cache.keep(location, json);
                contents.put(location, json);
            }
        }
        return contents;
    }
}
