package dev.andiron.s3;

import dev.andiron.s3.ChangeTable.Place;
import dev.andiron.s3.RunRoot.KeyPage;
import dev.andiron.s3.RunRoot.PositionPage;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Writes a run: its pages first, which nobody sees, then its root, if there is none. Holds one
 * object's bytes and the filter in memory. Used by one thread.
 */
final class RunWriter {
    /** An object is full once it has so many bytes. */
    private static final int FULL = 4 << 20;

    private final RunStore store;
    private final RunRoot empty;
    private final KeyFilter filter;
    private final List<KeyPage> pages = new ArrayList<>();
    private final List<PositionPage> byPosition = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int part;

    private RunWriter(RunStore store, int level, long number, List<Segment> segments) {
        this.store = store;
        empty =
                new RunRoot(
                        level,
                        number,
                        UUID.randomUUID(),
                        List.copyOf(segments),
                        List.of(),
                        List.of(),
                        List.of());
        filter =
                new KeyFilter(
                        segments.getLast().lastPosition()
                                - segments.getFirst().firstPosition()
                                + 1);
    }

    /** Writes the run of one segment, whose changes are in memory. */
    static RunRoot write(RunStore store, Segment segment, ChangeTable table) {
        var writer = new RunWriter(store, 0, segment.number(), List.of(segment));
        writer.byKey(table.byKey().values().iterator());
        writer.byPosition(table.byPosition().values().iterator());
        return writer.finish();
    }

    /** Writes one run out of several that follow each other. */
    static RunRoot merge(RunStore store, List<Run> runs) {
        RunRoot first = runs.getFirst().root();
        var segments = new ArrayList<Segment>();
        var sources = new ArrayList<Iterator<LogRecord>>();
        for (Run run : runs) {
            segments.addAll(run.root().segments());
            sources.add(run.from(Place.FIRST));
        }
        var writer =
                new RunWriter(
                        store,
                        first.level() + 1,
                        first.number() / store.shape().fanOut(),
                        segments);
        writer.byKey(new MergedChanges(sources));
        return writer.finish();
    }

    private static List<LogRecord> page(Iterator<LogRecord> records, int size) {
        var page = new ArrayList<LogRecord>(size);
        while (page.size() < size && records.hasNext()) {
            page.add(records.next());
        }
        return page;
    }

    private void byKey(Iterator<LogRecord> records) {
        Optional<Place> last = Optional.empty();
        while (records.hasNext()) {
            List<LogRecord> page = page(records, store.shape().page());
            for (LogRecord record : page) {
                if (last.isEmpty() || !last.get().key().equals(record.key())) {
                    filter.add(record.key());
                }
                last = Optional.of(Place.of(record));
            }
            pages.add(new KeyPage(Place.of(page.getFirst()), add(Page.encode(page))));
        }
    }

    private void byPosition(Iterator<LogRecord> records) {
        while (records.hasNext()) {
            List<LogRecord> page = page(records, store.shape().page());
            byPosition.add(new PositionPage(page.getFirst().position(), add(Page.encode(page))));
        }
    }

    private Page add(byte[] page) {
        if (bytes.size() >= FULL) {
            flush();
        }
        var at = new Page(part, bytes.size(), page.length, Page.checksum(page, 0, page.length));
        bytes.writeBytes(page);
        return at;
    }

    private void flush() {
        store.writePart(empty, part, bytes.toByteArray());
        bytes.reset();
        part++;
    }

    private RunRoot finish() {
        var blocks = new ArrayList<Page>();
        for (int i = 0; i < filter.blockCount(); i++) {
            blocks.add(add(filter.block(i)));
        }
        flush();
        return store.create(
                new RunRoot(
                        empty.level(),
                        empty.number(),
                        empty.builder(),
                        empty.segments(),
                        List.copyOf(pages),
                        List.copyOf(blocks),
                        List.copyOf(byPosition)));
    }
}
