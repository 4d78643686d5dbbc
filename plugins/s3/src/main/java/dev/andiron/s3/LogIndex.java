package dev.andiron.s3;

import dev.andiron.spi.StorageException;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;

/**
 * What a node knows of a tenant's changes: the latest in memory, all others in runs in the object
 * store. When a stretch of the log is complete it becomes a run, and several runs become one; every
 * node would write the same, so nobody has to agree on anything, and what is not written yet only
 * stays in memory a while. Safe for use by many threads at once.
 */
final class LogIndex {
    private static final System.Logger LOG = System.getLogger(LogIndex.class.getName());

    /** With so many complete stretches in memory, whoever adds more writes runs first. */
    private static final int MOST_WAITING = 4;

    private static final int ROOTS_AT_ONCE = 4;

    private final RunStore store;
    private final Runnable changed;

    /** Held while runs are written. */
    private final ReentrantLock writing = new ReentrantLock();

    private final PurgedKeys purged = new PurgedKeys();
    private List<ChangeTable> tables = List.of(new ChangeTable());
    private List<Run> runs = List.of();
    private List<Segment> segments = List.of();
    private final ArrayDeque<Complete> complete = new ArrayDeque<>();
    private long purgedUpTo;
    private long number;
    private long firstEntry = 1;
    private long firstPosition = 1;
    private long lastPosition;

    /** A stretch that is in memory still. */
    private record Complete(Segment segment, ChangeTable table) {}

    /**
     * @param changed is told when something that was in memory is in the object store
     */
    LogIndex(RunStore store, Runnable changed) {
        this.store = store;
        this.changed = changed;
    }

    /** Everything that was added, up to a position. */
    synchronized Snapshot snapshot() {
        return new Snapshot(tables, runs, store, segments, purgedUpTo, purged, lastPosition);
    }

    /** The last entry that the index covers, read from the store; 0 if there is no index. */
    long load() {
        List<Integer> levels = new ArrayList<>();
        for (int level = 0; level <= store.shape().top(); level++) {
            levels.add(level);
        }
        List<Optional<RunRoot>> first = Parallel.map(levels, level -> store.root(level, 0));
        long next = 0;
        for (int level = store.shape().top(); level >= 0; level--) {
            if (next == 0 && first.get(level).isPresent()) {
                append(first.get(level).get(), 0);
                next = store.shape().segments(level);
            }
            if (next > 0) {
                next = load(level, next);
            }
        }
        return firstEntry - 1;
    }

    /** Reads the runs of a level from a segment on; gives the segment behind them. */
    private long load(int level, long start) {
        long width = store.shape().segments(level);
        long next = start;
        while (true) {
            List<Long> numbers =
                    LongStream.range(next / width, next / width + ROOTS_AT_ONCE).boxed().toList();
            for (Optional<RunRoot> root :
                    Parallel.map(numbers, wanted -> store.root(level, wanted))) {
                if (root.isEmpty()) {
                    return next;
                }
                append(root.get(), next);
                next += width;
            }
        }
    }

    private synchronized void append(RunRoot root, long start) {
        for (Segment segment : root.segments()) {
            if (segment.number() != number || segment.firstPosition() != firstPosition) {
                throw new StorageException.Corrupt(
                        "the runs of the index do not follow each other", null);
            }
            open(segment.lastEntry() + 1, segment.lastPosition() + 1);
        }
        cover(root.segments());
        lastPosition = firstPosition - 1;
        if (number != start + store.shape().segments(root.level())) {
            throw new StorageException.Corrupt("a run of the index is cut off", null);
        }
        var more = new ArrayList<Run>(runs.size() + 1);
        more.add(new Run(root, store));
        more.addAll(runs);
        runs = List.copyOf(more);
    }

    private void cover(List<Segment> next) {
        var more = new ArrayList<>(segments);
        more.addAll(next);
        segments = List.copyOf(more);
        for (Segment segment : next) {
            if (segment.purges() > 0) {
                purgedUpTo = segment.lastPosition();
            }
        }
    }

    private void open(long entry, long position) {
        number++;
        firstEntry = entry;
        firstPosition = position;
    }

    /**
     * Adds the changes of the next entry of the log.
     *
     * @return whether a stretch is complete now
     */
    synchronized boolean add(long sequence, List<LogRecord> records) {
        ChangeTable table = tables.getFirst();
        records.forEach(table::add);
        lastPosition += records.size();
        if (sequence - firstEntry + 1 < store.shape().entries()
                && lastPosition - firstPosition + 1 < store.shape().records()) {
            return false;
        }
        complete.add(
                new Complete(
                        Segment.of(number, sequence, firstPosition, table.byPosition().values()),
                        table));
        var more = new ArrayList<ChangeTable>(tables.size() + 1);
        more.add(new ChangeTable());
        more.addAll(tables);
        tables = List.copyOf(more);
        open(sequence + 1, lastPosition + 1);
        return true;
    }

    /**
     * Writes runs, so that memory stays bounded; nothing if there is room.
     *
     * @throws StorageException.Unavailable if they cannot be written
     */
    void relieve() {
        while (waiting() >= MOST_WAITING) {
            write(true);
        }
    }

    private synchronized int waiting() {
        return complete.size();
    }

    /**
     * Writes what is complete, beside everything else.
     *
     * @param writer whether this node has completed it; otherwise another is likely to write it
     */
    void writeLater(boolean writer) {
        Thread.ofVirtual()
                .name("s3-index")
                .start(
                        () -> {
                            try {
                                write(writer);
                            } catch (StorageException notNow) {
                                LOG.log(
                                        System.Logger.Level.DEBUG,
                                        "the index is written later",
                                        notNow);
                            }
                        });
    }

    private void write(boolean writer) {
        writing.lock();
        try {
            while (writeSegment(writer)) {
                changed.run();
            }
            while (merge(writer)) {
                changed.run();
            }
        } finally {
            writing.unlock();
        }
    }

    private synchronized Optional<Complete> oldest() {
        return Optional.ofNullable(complete.peekFirst());
    }

    private boolean writeSegment(boolean writer) {
        Optional<Complete> oldest = oldest();
        if (oldest.isEmpty()) {
            return false;
        }
        Segment segment = oldest.get().segment();
        Optional<RunRoot> root = writer ? Optional.empty() : store.root(0, segment.number());
        if (root.isEmpty() && !writer && waiting() < 2) {
            return false;
        }
        take(
                oldest.get(),
                root.orElseGet(() -> RunWriter.write(store, segment, oldest.get().table())));
        return true;
    }

    private synchronized void take(Complete written, RunRoot root) {
        complete.removeFirst();
        tables = tables.stream().filter(table -> table != written.table()).toList();
        cover(List.of(written.segment()));
        var more = new ArrayList<Run>(runs.size() + 1);
        more.add(new Run(root, store));
        more.addAll(runs);
        runs = List.copyOf(more);
    }

    /** Makes one run of several, if there are enough of a level. */
    private boolean merge(boolean writer) {
        List<Run> all = snapshot().runs().reversed();
        int fanOut = store.shape().fanOut();
        for (int from = 0; from + fanOut <= all.size(); from++) {
            RunRoot first = all.get(from).root();
            List<Run> group = all.subList(from, from + fanOut);
            int level = first.level();
            if (level == store.shape().top()
                    || first.number() % fanOut != 0
                    || group.getLast().root().level() != level) {
                continue;
            }
            long number = first.number() / fanOut;
            Optional<RunRoot> root = writer ? Optional.empty() : store.root(level + 1, number);
            boolean late =
                    all.stream().filter(run -> run.root().level() == level).count() >= 2L * fanOut;
            if (root.isEmpty() && !writer && !late) {
                continue;
            }
            replace(group, root.orElseGet(() -> RunWriter.merge(store, group)));
            return true;
        }
        return false;
    }

    private synchronized void replace(List<Run> group, RunRoot root) {
        var less = new ArrayList<>(runs);
        int place = less.indexOf(group.getLast());
        less.removeAll(group);
        less.add(place, new Run(root, store));
        runs = List.copyOf(less);
    }
}
