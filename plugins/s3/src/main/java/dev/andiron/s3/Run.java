package dev.andiron.s3;

import dev.andiron.s3.ChangeTable.Place;
import dev.andiron.s3.RunRoot.KeyPage;
import dev.andiron.spi.resource.ResourceKey;

import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Changes of one stretch of the log by key, in the object store: its root is in memory, its pages
 * are read as they are needed. Safe for use by many threads at once.
 */
final class Run {
    private static final Comparator<KeyPage> BY_FIRST =
            Comparator.comparing(KeyPage::first, Place.ORDER);

    private final RunRoot root;
    private final RunStore store;

    Run(RunRoot root, RunStore store) {
        this.root = root;
        this.store = store;
    }

    RunRoot root() {
        return root;
    }

    RunStore store() {
        return store;
    }

    long firstPosition() {
        return root.segments().getFirst().firstPosition();
    }

    /** The page that has a place, or would have it; 0 if it lies in front of all. */
    private int pageOf(Place place) {
        int found = Collections.binarySearch(root.pages(), new KeyPage(place, null), BY_FIRST);
        return found >= 0 ? found : Math.max(0, -found - 2);
    }

    /** Whether a key may be here, given its hash. */
    boolean mayHave(long hash) {
        return KeyFilter.mayHave(store.filter(root, filterPage(hash)), hash);
    }

    /** The block of the filter that tells of a key, given its hash. */
    Page filterPage(long hash) {
        return root.filter().get(KeyFilter.block(hash, root.filter().size()));
    }

    /** Reads a block of the filter. */
    long[] loadFilter(Page block) {
        return store.filter(root, block);
    }

    /** The page that the newest change of a key is in, if it is here. */
    Page page(ResourceKey key) {
        return root.pages().get(pageOf(new Place(key, Long.MAX_VALUE))).page();
    }

    /** The changes of a key up to a position, newest first. */
    Stream<LogRecord> ofKey(ResourceKey key, long hash, long last) {
        if (firstPosition() > last || !mayHave(hash)) {
            return Stream.empty();
        }
        var from = new Place(key, last);
        return IntStream.range(pageOf(from), root.pages().size())
                .boxed()
                .flatMap(number -> store.changes(root, root.pages().get(number).page()).stream())
                .dropWhile(record -> Place.ORDER.compare(Place.of(record), from) < 0)
                .takeWhile(record -> record.key().equals(key));
    }

    /** The changes from a place on, by key. */
    Iterator<LogRecord> from(Place from) {
        List<Page> pages =
                root.pages().subList(pageOf(from), root.pages().size()).stream()
                        .map(KeyPage::page)
                        .toList();
        return new RunCursor(root, store, pages, from);
    }
}
