package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.StoredResource;

import java.time.Duration;
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

    /** How often an object may be rewritten while it is read. */
    private static final int ATTEMPTS = 20;

    private final ContentCache cache;
    private final CompactTables tables;

    ContentReader(ObjectStore objects, ContentCache cache) {
        tables = new CompactTables(objects);
        this.objects = objects;
        this.cache = cache;
    }

    /** A content as the log names it, and where it lies by now. */
    private record Wanted(Location name, Location place) {}

    /** A range of an object, and what is wanted of it, by offset. */
    private record Range(List<Wanted> wanted) {
        Location first() {
            return wanted.getFirst().place();
        }

        long end() {
            return wanted.getLast().place().end();
        }

        boolean takes(Location next) {
            return first().object().equals(next.object())
                    && next.offset() - end() <= GAP
                    && next.end() - first().offset() <= MOST_AT_ONCE;
        }
    }

    /** What was found of a range, and what was not, since it lies elsewhere or is erased. */
    private record Fetched(Map<Location, Json> contents, List<Wanted> lost) {}

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
            found.putAll(fetch(missing));
        }
        return records.stream().map(record -> resource(record, found)).toList();
    }

    private static Optional<StoredResource> resource(LogRecord record, Map<Location, Json> found) {
        Json content = record.content().map(found::get).orElse(Json.empty());
        return record.purge() || record.live() && content.isEmpty()
                ? Optional.empty()
                : Optional.of(record.resource(content));
    }

    private Map<Location, Json> fetch(List<Location> locations) {
        Map<Location, Json> found = new HashMap<>();
        Map<String, List<Wanted>> lost = new HashMap<>();
        for (Fetched fetched : Parallel.map(ranges(wanted(locations)), this::fetch)) {
            found.putAll(fetched.contents());
            for (Wanted each : fetched.lost()) {
                lost.computeIfAbsent(each.name().object(), _ -> new ArrayList<>()).add(each);
            }
        }
        lost.forEach((object, wanted) -> found.putAll(recover(object, wanted)));
        return found;
    }

    /** Where contents are as far as is known here; those known to be erased are left out. */
    private List<Wanted> wanted(List<Location> locations) {
        var wanted = new ArrayList<Wanted>(locations.size());
        for (Location location : locations) {
            tables.known(location.object())
                    .map(table -> table.find(location))
                    .orElse(Optional.of(location))
                    .ifPresent(place -> wanted.add(new Wanted(location, place)));
        }
        return wanted;
    }

    private static List<Range> ranges(List<Wanted> wanted) {
        wanted.sort(
                Comparator.comparing((Wanted each) -> each.place().object())
                        .thenComparingLong(each -> each.place().offset()));
        var ranges = new ArrayList<Range>();
        for (Wanted each : wanted) {
            if (ranges.isEmpty() || !ranges.getLast().takes(each.place())) {
                ranges.add(new Range(new ArrayList<>()));
            }
            ranges.getLast().wanted().add(each);
        }
        return ranges;
    }

    private Fetched fetch(Range range) {
        long start = range.first().offset();
        Optional<byte[]> bytes =
                objects.read(range.first().object(), start, (int) (range.end() - start));
        if (bytes.isEmpty()) {
            // A pack goes when all that it held is erased.
            return new Fetched(Map.of(), List.of());
        }
        Map<Location, Json> contents = new HashMap<>();
        var lost = new ArrayList<Wanted>();
        for (Wanted each : range.wanted()) {
            int from = (int) (each.place().offset() - start);
            if (PackedContent.isWhole(each.place(), bytes.get(), from)) {
                Json json = PackedContent.unpack(each.place(), bytes.get(), from);
                cache.keep(each.name(), json);
                contents.put(each.name(), json);
            } else {
                lost.add(each);
            }
        }
        return new Fetched(contents, lost);
    }

    /**
     * Looks for contents that are not where they were thought to be: they are erased, or their
     * object has been compacted since.
     */
    private Map<Location, Json> recover(String object, List<Wanted> lost) {
        Map<Location, Json> found = new HashMap<>();
        List<Wanted> left = lost;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            CompactTables.State state = tables.look(object);
            if (!state.there()) {
                return found;
            }
            var moved = new ArrayList<Wanted>();
            var inPlace = new ArrayList<Wanted>();
            for (Wanted each : left) {
                state.table()
                        .map(table -> table.find(each.name()))
                        .orElse(Optional.of(each.name()))
                        .ifPresent(
                                place ->
                                        (place.equals(each.place()) ? inPlace : moved)
                                                .add(new Wanted(each.name(), place)));
            }
            requireErased(inPlace);
            if (moved.isEmpty()) {
                return found;
            }
            left = new ArrayList<>();
            for (Range range : ranges(moved)) {
                Fetched fetched = fetch(range);
                found.putAll(fetched.contents());
                left.addAll(fetched.lost());
            }
            if (left.isEmpty()) {
                return found;
            }
        }
        throw new StorageException.Unavailable(
                "an object is compacted again and again", Duration.ofSeconds(1), null);
    }

    /** What lies where it should has been overwritten, or is damaged. */
    private void requireErased(List<Wanted> inPlace) {
        for (Wanted each : inPlace) {
            Location place = each.place();
            Optional<byte[]> bytes = objects.read(place.object(), place.offset(), place.stored());
            if (bytes.isPresent()
                    && !Eraser.isErased(bytes.get(), 0, bytes.get().length)
                    && !PackedContent.isWhole(place, bytes.get(), 0)) {
                throw new StorageException.Corrupt("a stored content is damaged", null);
            }
        }
    }
}
