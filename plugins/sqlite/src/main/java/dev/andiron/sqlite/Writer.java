package dev.andiron.sqlite;

import dev.andiron.spi.Health;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The one thread that writes. It takes all commits that wait, up to a bound, into one transaction
 * with one fsync, and answers their callers when that has returned. Safe for use by many threads.
 */
final class Writer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Writer.class.getName());
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int GROUP_COMMITS = 512;
    private static final long GROUP_BYTES = 16L << 20;

    /** No more than this wait for each other: about 150 ms. */
    private static final int GROUP_RESOURCES = 2_000;

    private static final Duration IDLE_LOOK = Duration.ofMillis(200);

    private final Session session;
    private final BodyCodec codec;
    private final BodyCache bodies;
    private final WriteTransaction transaction;
    private final BlockingQueue<PendingWrite<?>> queue;
    private final LongAdder transactions = new LongAdder();
    private final LongAdder written = new LongAdder();
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean writing;
    private volatile Health health = new Health.Up();

    Writer(
            Session session,
            BodyCodec codec,
            BodyCache bodies,
            Numbers numbers,
            SqliteOptions options)
            throws SQLException {
        this.session = session;
        this.codec = codec;
        this.bodies = bodies;
        transaction = new WriteTransaction(session, numbers, options.statementTimeout());
        queue = new ArrayBlockingQueue<>(options.writeQueue());
        thread = Thread.ofPlatform().name("sqlite-writer").daemon(true).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Whether a group has been taken from the queue and is not answered yet. */
    boolean writing() {
        return writing;
    }

    /** How many commits wait for the writer to take them. */
    int waiting() {
        return queue.size();
    }

    /** How many database transactions there were, each with one wait for the disk. */
    long transactions() {
        return transactions.sum();
    }

    /** How many writes those transactions were made of, refused ones included. */
    long written() {
        return written.sum();
    }

    Health health() {
        return thread.isAlive() ? health : new Health.Down("the writer has stopped");
    }

    /** Hands a commit to the writer and waits for its outcome. */
    CommitResult commit(String tenant, Commit commit) {
        return write(new PendingCommit(tenant, commit, codec));
    }

    /** Hands anything to the writer and waits for its outcome. */
    <T> T write(PendingWrite<T> pending) {
        if (closed) {
            throw closing();
        }
        if (!queue.offer(pending)) {
            throw new StorageException.Unavailable(
                    "%d commits wait already".formatted(queue.size()), SOON, null);
        }
        if (closed && queue.remove(pending)) {
            throw closing();
        }
        try {
            return pending.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            boolean untouched = queue.remove(pending);
            throw new StorageException.Unavailable(
                    "the request was interrupted", SOON, !untouched, e);
        }
    }

    private static StorageException.Unavailable closing() {
        return new StorageException.Unavailable("the database is closing", SOON, null);
    }

    private void run() {
        var group = new ArrayList<PendingWrite<?>>();
        while (!closed || !queue.isEmpty()) {
            try {
                PendingWrite<?> first = queue.poll(IDLE_LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (first != null) {
                    gather(first, group);
                    writing = true;
                    write(group);
                }
            } catch (InterruptedException _) {
                LOG.log(System.Logger.Level.DEBUG, "the writer was interrupted and goes on");
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "the writer failed", e);
                fail(group, new StorageException.Internal("the writer failed", e));
            } finally {
                writing = false;
                group.clear();
            }
        }
    }

    private void gather(PendingWrite<?> first, List<PendingWrite<?>> group) {
        long bytes = 0;
        int resources = 0;
        for (PendingWrite<?> next = first; next != null; next = queue.poll()) {
            group.add(next);
            bytes += next.bytes();
            resources += next.changes().size();
            if (group.size() >= GROUP_COMMITS
                    || bytes >= GROUP_BYTES
                    || resources >= GROUP_RESOURCES) {
                return;
            }
        }
    }

    private static void fail(List<PendingWrite<?>> group, StorageException exception) {
        group.forEach(pending -> pending.fail(exception));
    }

    /** Readers keep nothing of what is changed until it is committed or taken back. */
    private void write(List<PendingWrite<?>> group) {
        var keys = group.stream().flatMap(pending -> pending.changes().stream()).toList();
        try (var _ = bodies.change(keys)) {
            writeAll(group);
        }
    }

    /** Writes a group in one transaction; if that fails, each commit in one of its own. */
    private void writeAll(List<PendingWrite<?>> group) {
        boolean begun = false;
        try {
            transaction.begin();
            begun = true;
            writeTogether(group);
        } catch (SQLException | RuntimeException e) {
            var translated = translated(e);
            rollback(e);
            // Who cannot even begin is not helped by trying again for each commit of the group.
            if (begun && group.size() > 1) {
                group.forEach(pending -> write(List.of(pending)));
                return;
            }
            health = afterFailure(translated);
            fail(group, translated);
        }
    }

    private static StorageException translated(Exception e) {
        return switch (e) {
            case StorageException exception -> exception;
            case SQLException exception -> SqliteErrors.of(exception);
            default -> new StorageException.Internal("the database failed", e);
        };
    }

    private static Health afterFailure(StorageException exception) {
        return switch (exception) {
            case StorageException.Corrupt corrupt -> new Health.Down(corrupt.getMessage());
            default -> new Health.Degraded("the last write failed: " + exception.getMessage());
        };
    }

    private void writeTogether(List<PendingWrite<?>> group) throws SQLException {
        var answers = new ArrayList<Runnable>(group.size());
        for (PendingWrite<?> pending : group) {
            answers.add(answer(pending));
        }
        transaction.commit();
        transactions.increment();
        written.add(group.size());
        health = new Health.Up();
        answers.forEach(Runnable::run);
    }

    /** Takes one in, and gives what to tell its caller once all of it is durable. */
    private <T> Runnable answer(PendingWrite<T> pending) throws SQLException {
        try {
            T result = pending.apply(transaction);
            return () -> pending.succeed(result);
        } catch (StorageException.VersionConflict
                | StorageException.PreconditionFailed
                | StorageException.NotSupported
                | StorageException.LeaseLost
                | StorageException.TooLarge refused) {
            return () -> pending.fail(refused);
        }
    }

    private void rollback(Exception cause) {
        try {
            transaction.rollback();
        } catch (SQLException e) {
            e.addSuppressed(cause);
            LOG.log(System.Logger.Level.ERROR, "a transaction cannot be taken back", e);
        }
    }

    /** Refuses new commits, finishes those that wait, and ends. */
    @Override
    public void close() throws SQLException {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        session.run("PRAGMA wal_checkpoint(TRUNCATE)");
        session.close();
    }
}
