package dev.andiron.s3;

import dev.andiron.s3.ChangeTable.Place;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;

/**
 * Walks through the changes of a run by key. Pages are fetched some at a time, ever more, and the
 * next ones while the present ones are used. Used by one thread.
 */
final class RunCursor implements Iterator<LogRecord> {
    /** How many pages are fetched with one request at most; there are two such lots in memory. */
    private static final int LOT = 8;

    private final RunRoot root;
    private final RunStore store;
    private final List<Page> pages;
    private final Place from;
    private final ArrayDeque<LogRecord> records = new ArrayDeque<>();
    private CompletableFuture<List<List<LogRecord>>> ahead;
    private int fetched;
    private int lot = 1;

    RunCursor(RunRoot root, RunStore store, List<Page> pages, Place from) {
        this.root = root;
        this.store = store;
        this.pages = pages;
        this.from = from;
        ahead = fetch();
    }

    /** Of nothing at the end. */
    private CompletableFuture<List<List<LogRecord>>> fetch() {
        List<Page> wanted =
                new ArrayList<>(pages.subList(fetched, Math.min(pages.size(), fetched + lot)));
        fetched += wanted.size();
        lot = Math.min(LOT, 2 * lot);
        return wanted.isEmpty()
                ? CompletableFuture.completedFuture(List.of())
                : Parallel.start(() -> store.changes(root, wanted));
    }

    @Override
    public boolean hasNext() {
        while (records.isEmpty()) {
            List<List<LogRecord>> lists = Parallel.join(ahead);
            if (lists.isEmpty()) {
                return false;
            }
            ahead = fetch();
            for (List<LogRecord> list : lists) {
                for (LogRecord record : list) {
                    if (Place.ORDER.compare(Place.of(record), from) >= 0) {
                        records.add(record);
                    }
                }
            }
        }
        return true;
    }

    @Override
    public LogRecord next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return records.remove();
    }
}
