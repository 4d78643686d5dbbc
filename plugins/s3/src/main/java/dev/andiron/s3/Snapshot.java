package dev.andiron.s3;

import dev.andiron.s3.ChangeTable.Place;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A tenant's changes up to a position. What comes later is not seen, so a snapshot stays the same
 * while others write. The latest changes are in memory, all others in the index.
 *
 * @param tables the latest changes, the newest ones first, later ones among them
 * @param runs the index of the others by key, the newest ones first
 * @param store where the index of the others by position is
 * @param segments the stretches of the log that lie in the index, in order
 * @param purgedUpTo the end of the last of them that has a purge; 0 if none has
 * @param purged which keys of those segments were ever purged
 * @param last the position of the last change that is seen; 0 if there is none
 */
record Snapshot(
        List<ChangeTable> tables,
        List<Run> runs,
        RunStore store,
        List<Segment> segments,
        long purgedUpTo,
        PurgedKeys purged,
        long last) {
    /** Pages that are read side by side when changes are walked through by position. */
    private static final int LOT = 4;

    /** The same, seen up to an earlier position. */
    Snapshot upTo(long position) {
        return new Snapshot(
                tables, runs, store, segments, purgedUpTo, purged, Math.min(position, last));
    }

    /** The same, with all that is behind its last position. */
    Snapshot whole() {
        return new Snapshot(tables, runs, store, segments, purgedUpTo, purged, Long.MAX_VALUE);
    }

    /** The newest change of a resource, deletes included; empty if never there, or purged. */
    Optional<LogRecord> current(ResourceKey key) {
        return ofKey(key).findFirst().filter(record -> !record.purge());
    }

    /** The versions of a resource, newest first, back to the first or to a purge. */
    Stream<LogRecord> versions(ResourceKey key) {
        return ofKey(key).takeWhile(record -> !record.purge());
    }

    /** Whether a change's version has been erased by a purge since. */
    boolean erased(LogRecord record) {
        long position = record.position();
        return tables.stream()
                        .filter(table -> table.lastPurge() > position)
                        .flatMap(table -> table.ofKey(record.key(), last))
                        .anyMatch(later -> later.purge() && later.position() > position)
                || purgedUpTo > position
                        && purged.mayHave(this, record.key())
                        && ofKey(record.key())
                                .takeWhile(later -> later.position() > position)
                                .anyMatch(LogRecord::purge);
    }

    /** The version that followed a version; empty if it is the current one. */
    Optional<LogRecord> replacement(LogRecord record) {
        return ofKey(record.key())
                .takeWhile(later -> later.position() > record.position())
                .reduce((_, older) -> older);
    }

    /** All changes of a resource, newest first. */
    private Stream<LogRecord> ofKey(ResourceKey key) {
        var latest = tables.stream().flatMap(table -> table.ofKey(key, last));
        if (runs.isEmpty()) {
            return latest;
        }
        long hash = KeyFilter.hash(key);
        return Stream.concat(latest, runs.stream().flatMap(run -> run.ofKey(key, hash, last)));
    }

    private record Wanted(Run run, Page page) {
        boolean isCached() {
            return run.store().isCached(run.root(), page);
        }
    }

    /** Reads what tells about keys side by side, so that looks at them do not wait one by one. */
    void prepare(Collection<ResourceKey> keys) {
        if (runs.isEmpty()) {
            return;
        }
        List<ResourceKey> unknown =
                keys.stream()
                        .distinct()
                        .filter(key -> tables.stream().noneMatch(table -> has(table, key)))
                        .toList();
        Set<Wanted> filters = new HashSet<>();
        Set<Wanted> pages = new HashSet<>();
        for (Run run : runs) {
            for (ResourceKey key : unknown) {
                filters.add(new Wanted(run, run.filterPage(KeyFilter.hash(key))));
            }
        }
        read(filters, wanted -> wanted.run().loadFilter(wanted.page()));
        for (Run run : runs) {
            for (ResourceKey key : unknown) {
                if (run.mayHave(KeyFilter.hash(key))) {
                    pages.add(new Wanted(run, run.page(key)));
                }
            }
        }
        read(pages, wanted -> wanted.run().store().changes(wanted.run().root(), wanted.page()));
    }

    private static void read(Set<Wanted> wanted, Function<Wanted, ?> read) {
        List<Wanted> missing = wanted.stream().filter(each -> !each.isCached()).toList();
        if (!missing.isEmpty()) {
            Parallel.map(missing, read::apply);
        }
    }

    private static boolean has(ChangeTable table, ResourceKey key) {
        Place place = table.byKey().ceilingKey(new Place(key, Long.MAX_VALUE));
        return place != null && place.key().equals(key);
    }

    /** The changes behind a position, ascending. */
    Stream<LogRecord> after(long position) {
        return after(position, _ -> true);
    }

    /**
     * The changes behind a position, ascending.
     *
     * @param worthwhile which segments may have what is looked for; others are passed over
     */
    Stream<LogRecord> after(long position, Predicate<Segment> worthwhile) {
        return Stream.concat(
                        indexed(position, worthwhile),
                        tables.reversed().stream()
                                .flatMap(
                                        table ->
                                                table
                                                        .byPosition()
                                                        .tailMap(position, false)
                                                        .values()
                                                        .stream()))
                .takeWhile(record -> record.position() <= last);
    }

    /** The changes behind a position that lie in the index, ascending. */
    Stream<LogRecord> indexed(long position, Predicate<Segment> worthwhile) {
        return IntStream.range(segmentOf(position + 1), segments.size())
                .mapToObj(segments::get)
                .takeWhile(segment -> segment.firstPosition() <= last)
                .filter(worthwhile)
                .flatMap(segment -> ascending(segment, position));
    }

    /** The changes in front of a position, descending. */
    Stream<LogRecord> before(long position, Predicate<Segment> worthwhile) {
        long end = Math.min(position, last + 1);
        Stream<LogRecord> latest =
                tables.stream()
                        .flatMap(
                                table ->
                                        table
                                                .byPosition()
                                                .headMap(end, false)
                                                .descendingMap()
                                                .values()
                                                .stream());
        int newest = Math.min(segmentOf(end), segments.size() - 1);
        return Stream.concat(
                latest,
                IntStream.rangeClosed(0, newest)
                        .map(number -> newest - number)
                        .mapToObj(segments::get)
                        .filter(worthwhile)
                        .flatMap(segment -> descending(segment, end)));
    }

    /** Purges behind a position, ascending. */
    Stream<LogRecord> purges(long position) {
        return after(position, segment -> segment.purges() > 0).filter(LogRecord::purge);
    }

    /** The place in the list of the segment that has a position; behind the last if none has. */
    private int segmentOf(long position) {
        int low = 0;
        int high = segments.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).lastPosition() < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private Stream<LogRecord> ascending(Segment segment, long position) {
        RunRoot root = store.segment(segment.number());
        List<RunRoot.PositionPage> pages = root.byPosition();
        int first = 0;
        while (first + 1 < pages.size() && pages.get(first + 1).first() <= position + 1) {
            first++;
        }
        return lots(root, pages.subList(first, pages.size()).stream().map(p -> p.page()).toList())
                .flatMap(List::stream)
                .filter(record -> record.position() > position);
    }

    private Stream<LogRecord> descending(Segment segment, long end) {
        RunRoot root = store.segment(segment.number());
        List<Page> pages =
                root.byPosition().reversed().stream()
                        .dropWhile(page -> page.first() >= end)
                        .map(RunRoot.PositionPage::page)
                        .toList();
        return lots(root, pages)
                .flatMap(records -> records.reversed().stream())
                .filter(record -> record.position() < end);
    }

    private Stream<List<LogRecord>> lots(RunRoot root, List<Page> pages) {
        return IntStream.range(0, (pages.size() + LOT - 1) / LOT)
                .boxed()
                .flatMap(
                        lot ->
                                Parallel.map(
                                        pages.subList(
                                                lot * LOT, Math.min(pages.size(), (lot + 1) * LOT)),
                                        page -> store.changes(root, page))
                                        .stream());
    }

    /** The changes from a place on, by key, the newest of a key first. */
    Iterator<LogRecord> byKey(Place from) {
        var sources = new ArrayList<Iterator<LogRecord>>();
        for (Run run : runs) {
            sources.add(run.from(from));
        }
        for (ChangeTable table : tables) {
            sources.add(table.byKey().tailMap(from, true).values().iterator());
        }
        return new MergedChanges(sources);
    }

    /** The live resources by key. */
    Iterator<LogRecord> live(ScanRequest request) {
        return new LiveIterator(this, request);
    }
}
