package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.tenant.TenantId;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * A tenant's log as far as this node knows it. Safe for use by many threads at once.
 *
 * <p>The entries are numbered objects without gaps, each created only if it is not there. So the
 * log ends where the next number is not found, and one request tells whether there is anything new.
 */
final class TenantLog {
    /** How many entries are asked for at once while there are many. */
    private static final int MOST_AT_ONCE = 32;

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

    private final LogIndex index;

    private volatile Tail tail;

    /** Where the log ends: the number of its last entry, and all changes up to it. */
    private record Tail(long sequence, Snapshot snapshot) {}

    /** How an attempt to append an entry ended. */
    enum Outcome {
        /** It is in the log, and known here. */
        APPENDED,
        /** Another entry is in its place. Look at what it says, and decide again. */
        LOST
    }

    TenantLog(
            TenantId tenant,
            ObjectStore objects,
            ContentCache contents,
            RunStore runs,
            boolean shared) {
        this.tenant = tenant;
        this.objects = objects;
        this.contents = contents;
        this.shared = shared;
        index = new LogIndex(runs, this::refresh);
        tail = new Tail(0, index.snapshot());
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
            start();
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
                index.relieve();
            }
            atOnce = Math.min(MOST_AT_ONCE, atOnce * 2);
        }
    }

    /** Begins behind what the index covers. */
    private synchronized void start() {
        if (tail.sequence() == 0) {
            long sequence = index.load();
            tail = new Tail(sequence, index.snapshot());
        }
    }

    /** What was in memory is in the object store. */
    private synchronized void refresh() {
        tail = new Tail(tail.sequence(), index.snapshot());
    }

    /**
     * Takes an entry in, unless it is known already.
     *
     * @param writer whether to write to the index what it completes, since this node has written
     *     it, or finds it missing there
     */
    private synchronized Optional<LogEntry> apply(long sequence, byte[] bytes, boolean writer) {
        if (sequence <= tail.sequence()) {
            return Optional.empty();
        }
        LogEntry entry =
                LogEntry.decode(
                        Keys.logEntry(tenant, sequence),
                        sequence,
                        tail.snapshot().last() + 1,
                        bytes);
        Snapshot before = tail.snapshot();
        for (LogRecord record : entry.records()) {
            if (record.purge()) {
                before.versions(record.key()).forEach(contents::drop);
            }
        }
        boolean complete = index.add(sequence, entry.records());
        tail = new Tail(sequence, index.snapshot());
        if (complete) {
            index.writeLater(writer);
        }
        return Optional.of(entry);
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
        index.relieve();
        long sequence = end.sequence() + 1;
        String key = Keys.logEntry(tenant, sequence);
        if (sequence == 1 && objects.apart()) {
            objects.prepare(key);
            objects.create(Keys.tenant(tenant), new byte[0]);
        }
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
