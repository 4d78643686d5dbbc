package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.tenant.TenantId;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A tenant's log as far as this node knows it. Safe for use by many threads at once.
 *
 * <p>The entries are numbered objects without gaps, each created only if it is not there. So the
 * log ends where the next number is not found, and one request tells whether there is anything new.
 */
final class TenantLog {
    private static final System.Logger LOG = System.getLogger(TenantLog.class.getName());

    /** How many entries are asked for at once while there are many. */
    private static final int MOST_AT_ONCE = 32;

    private static final int SEGMENTS_AT_ONCE = 8;

    private final TenantId tenant;
    private final ObjectStore objects;
    private final ContentCache contents;
    private final boolean shared;

    /** Guards the next two fields. */
    private final Object checking = new Object();

    /** The check that runs, and the one that will run behind it; null if there is none. */
    private CompletableFuture<Void> running;

    private CompletableFuture<Void> next;

    /** Whether the log has been read to its end once. */
    private volatile boolean started;

    private final Set<LogRecord> purges = ConcurrentHashMap.newKeySet();

    /** The position of the first change of the segment that is not complete yet. */
    private long segmentStart = 1;

    private volatile Tail tail = new Tail(0, new Snapshot(new ChangeTable(), 0));

    /** Where the log ends: the number of its last entry, and all changes up to it. */
    private record Tail(long sequence, Snapshot snapshot) {}

    /** How an attempt to append an entry ended. */
    enum Outcome {
        /** It is in the log, and known here. */
        APPENDED,
        /** Another entry is in its place. Look at what it says, and decide again. */
        LOST
    }

    TenantLog(TenantId tenant, ObjectStore objects, ContentCache contents, boolean shared) {
        this.tenant = tenant;
        this.objects = objects;
        this.contents = contents;
        this.shared = shared;
    }

    TenantId tenant() {
        return tenant;
    }

    /** What this node knows without asking. */
    Snapshot known() {
        return tail.snapshot();
    }

    /** Everything that was acknowledged before this call, by whatever node. */
    Snapshot latest() {
        if (shared || !started) {
            check();
        }
        return known();
    }

    /**
     * Looks for new entries. Callers who come while a check runs share the next one: the present
     * one may have seen less than was acknowledged before they came.
     */
    void check() {
        Parallel.join(nextCheck());
    }

    private CompletableFuture<Void> nextCheck() {
        synchronized (checking) {
            if (running != null) {
                if (next == null) {
                    next = new CompletableFuture<>();
                }
                return next;
            }
            var check = new CompletableFuture<Void>();
            running = check;
            Thread.startVirtualThread(() -> runChecks(check));
            return check;
        }
    }

    /** Runs a check, and those that are asked for meanwhile. */
    private void runChecks(CompletableFuture<Void> first) {
        CompletableFuture<Void> check = first;
        while (check != null) {
            try {
                follow();
                started = true;
                check.complete(null);
            } catch (RuntimeException | Error failed) {
                check.completeExceptionally(failed);
            }
            synchronized (checking) {
                running = next;
                next = null;
                check = running;
            }
        }
    }

    private void follow() {
        boolean starting = !started;
        if (starting) {
            readSegments();
        }
        int atOnce = starting ? 4 : 1;
        while (true) {
            long first = tail.sequence() + 1;
            List<String> keys = new ArrayList<>();
            for (int i = 0; i < atOnce; i++) {
                keys.add(Keys.logEntry(tenant, first + i));
            }
            List<Optional<ObjectStore.Found>> entries = Parallel.map(keys, objects::read);
            for (int i = 0; i < atOnce; i++) {
                if (entries.get(i).isEmpty()) {
                    return;
                }
                apply(first + i, entries.get(i).get().bytes(), starting);
            }
            atOnce = Math.min(MOST_AT_ONCE, atOnce * 2);
        }
    }

    /** Takes in many entries at a time, as far as somebody has written them together. */
    private void readSegments() {
        while (tail.sequence() % Segment.ENTRIES == 0) {
            long number = tail.sequence() / Segment.ENTRIES;
            List<String> keys = new ArrayList<>();
            for (int i = 0; i < SEGMENTS_AT_ONCE; i++) {
                keys.add(Keys.segment(tenant, number + i));
            }
            List<Optional<ObjectStore.Found>> segments = Parallel.map(keys, objects::read);
            for (int i = 0; i < SEGMENTS_AT_ONCE; i++) {
                if (segments.get(i).isEmpty()) {
                    return;
                }
                applySegment(keys.get(i), number + i, segments.get(i).get().bytes());
            }
        }
    }

    private synchronized void applySegment(String key, long number, byte[] bytes) {
        if (tail.sequence() == number * Segment.ENTRIES) {
            take(
                    tail.sequence() + Segment.ENTRIES,
                    Segment.decode(key, number, tail.snapshot().last() + 1, bytes));
            segmentStart = tail.snapshot().last() + 1;
        }
    }

    /**
     * Takes an entry in, unless it is known already.
     *
     * @param writeSegment whether to write the segment that the entry completes
     */
    private synchronized Optional<LogEntry> apply(
            long sequence, byte[] bytes, boolean writeSegment) {
        if (sequence <= tail.sequence()) {
            return Optional.empty();
        }
        LogEntry entry =
                LogEntry.decode(
                        Keys.logEntry(tenant, sequence),
                        sequence,
                        tail.snapshot().last() + 1,
                        bytes);
        take(sequence, entry.records());
        if (sequence % Segment.ENTRIES == 0) {
            long first = segmentStart;
            segmentStart = tail.snapshot().last() + 1;
            if (writeSegment) {
                long last = tail.snapshot().last();
                Thread.ofVirtual()
                        .name("s3-segment-" + tenant)
                        .start(() -> writeSegment(sequence, first, last));
            }
        }
        return Optional.of(entry);
    }

    private void take(long sequence, List<LogRecord> records) {
        Snapshot before = tail.snapshot();
        for (LogRecord record : records) {
            before.table().add(record);
            if (record.purge()) {
                before.versions(record.key()).forEach(contents::drop);
                purges.add(record);
            }
        }
        tail = new Tail(sequence, new Snapshot(before.table(), before.last() + records.size()));
    }

    /** The purges whose contents may still be there. */
    List<LogRecord> purgesToSee() {
        return List.copyOf(purges);
    }

    /** Says that nothing is left of what a purge erased. */
    void seen(LogRecord purge) {
        purges.remove(purge);
    }

    private void writeSegment(long sequence, long first, long last) {
        long number = sequence / Segment.ENTRIES - 1;
        List<LogRecord> records = new Snapshot(known().table(), last).after(first - 1).toList();
        try {
            objects.create(Keys.segment(tenant, number), Segment.encode(number, first, records));
        } catch (StorageException notNow) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "a segment is not written; the next node that starts will do it",
                    notNow);
        }
    }

    /**
     * Writes the next entry, if the log still ends where a snapshot does.
     *
     * @throws StorageException.Unavailable if that cannot be found out
     */
    Outcome append(Snapshot decidedOn, List<LogEntry.Draft> drafts) {
        Tail end = tail;
        if (end.snapshot().last() != decidedOn.last()) {
            return Outcome.LOST;
        }
        long sequence = end.sequence() + 1;
        String key = Keys.logEntry(tenant, sequence);
        UUID identity = UUID.randomUUID();
        byte[] bytes = LogEntry.encode(identity, sequence, decidedOn.last() + 1, drafts);
        if (!written(key, sequence, decidedOn.last() + 1, identity, bytes)) {
            check();
            return Outcome.LOST;
        }
        apply(sequence, bytes, true).ifPresent(entry -> contents.keep(entry, bytes));
        return Outcome.APPENDED;
    }

    private boolean written(
            String key, long sequence, long firstPosition, UUID identity, byte[] bytes) {
        try {
            return objects.create(key, bytes).isPresent()
                    || identity(key, sequence, firstPosition).equals(Optional.of(identity));
        } catch (StorageException.Unavailable failed) {
            // The store failed again and again; whether an attempt came through can be seen.
            Optional<UUID> writer = identity(key, sequence, firstPosition);
            if (writer.isEmpty()) {
                throw failed;
            }
            return writer.get().equals(identity);
        }
    }

    /** Who wrote an entry: perhaps we did, and the answer to an earlier attempt was lost. */
    private Optional<UUID> identity(String key, long sequence, long firstPosition) {
        return objects.read(key)
                .map(found -> LogEntry.decode(key, sequence, firstPosition, found.bytes()))
                .map(LogEntry::identity);
    }
}
