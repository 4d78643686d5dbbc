package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The sessions that read. Each keeps its prepared statements and its decompression state between
 * two uses, which a general connection pool would not. Opened as they are needed, up to a bound.
 * Safe for use by many threads.
 */
final class ReadPool implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ReadPool.class.getName());
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int LOOK_UPS_A_TURN = 50;

    private final Opener opener;
    private final int most;
    private final Duration timeout;
    private final Semaphore permits;
    private final ExecutorService threads =
            Executors.newCachedThreadPool(
                    Thread.ofPlatform().name("sqlite-reader-", 1).daemon(true).factory());
    private final ConcurrentLinkedDeque<Session> idle = new ConcurrentLinkedDeque<>();

    /** Opens a session. */
    @FunctionalInterface
    interface Opener {
        Session open() throws SQLException;
    }

    /** What is done with a session. */
    @FunctionalInterface
    interface Work<T> {
        T run(Session session) throws SQLException;
    }

    /** What is done without a session. */
    @FunctionalInterface
    interface Aside<T> {
        T run() throws SQLException;
    }

    ReadPool(Opener opener, int most, Duration timeout) {
        this.opener = opener;
        this.most = most;
        this.timeout = timeout;
        permits = new Semaphore(most, true);
    }

    /** How many sessions are lent now. */
    int busy() {
        return most - permits.availablePermits();
    }

    /** How many wait for one now. */
    int waiting() {
        return permits.getQueueLength();
    }

    /** Lends a session for a few lookups by key, on the caller's own thread. */
    <T> T lookUp(Work<T> work) {
        acquire();
        try {
            return run(work);
        } finally {
            permits.release();
            letOthersRun();
        }
    }

    /**
     * SQLite never lets a virtual thread leave its carrier, and to yield would not do: a carrier
     * runs its own queue before it looks at threads that something else woke. So callers that do
     * nothing but read step aside for a moment now and then.
     */
    private static void letOthersRun() {
        if (Thread.currentThread().isVirtual()
                && ThreadLocalRandom.current().nextInt(LOOK_UPS_A_TURN) == 0) {
            LockSupport.parkNanos(1);
        }
    }

    /**
     * Lends a session for something that may take long. A virtual thread hands it to a thread that
     * may: its own carrier, of which there are few, is then free for others.
     */
    <T> T read(Work<T> work) {
        acquire();
        if (!Thread.currentThread().isVirtual()) {
            try {
                return run(work);
            } finally {
                permits.release();
            }
        }
        Future<T> result;
        try {
            result =
                    threads.submit(
                            () -> {
                                try {
                                    return run(work);
                                } finally {
                                    permits.release();
                                }
                            });
        } catch (RejectedExecutionException e) {
            permits.release();
            throw closing(e);
        }
        return await(result);
    }

    private static StorageException.Unavailable closing(RejectedExecutionException e) {
        return new StorageException.Unavailable("the database is closing", SOON, e);
    }

    /** Does something else that may take long where it may, without a session. */
    <T> T aside(Aside<T> work) {
        if (!Thread.currentThread().isVirtual()) {
            return outside(work);
        }
        try {
            return await(threads.submit(() -> outside(work)));
        } catch (RejectedExecutionException e) {
            throw closing(e);
        }
    }

    private static <T> T outside(Aside<T> work) {
        try {
            return work.run();
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
    }

    /** Lends a session to a thread of its own, as soon as there is one. */
    <T> CompletableFuture<T> start(Work<T> work) {
        try {
            return CompletableFuture.supplyAsync(
                    () -> {
                        acquire();
                        try {
                            return run(work);
                        } finally {
                            permits.release();
                        }
                    },
                    threads);
        } catch (RejectedExecutionException e) {
            throw closing(e);
        }
    }

    /** What was started, once it is there. */
    static <T> T await(Future<T> result) {
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException exception) {
                throw exception;
            }
            throw new StorageException.Internal("a read failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
    }

    /** Runs something with a session, within the time that it may take. */
    private <T> T run(Work<T> work) {
        Session session = null;
        boolean healthy = false;
        try {
            session = idle.pollFirst();
            if (session == null) {
                session = opener.open();
            }
            session.deadline(System.nanoTime() + timeout.toNanos());
            T result = work.run(session);
            healthy = true;
            return result;
        } catch (SQLException e) {
            // The driver has closed the statement that failed; a new session starts without it.
            throw SqliteErrors.of(e);
        } catch (StorageException e) {
            healthy = true;
            throw e;
        } finally {
            if (session != null) {
                giveBack(session, healthy);
            }
        }
    }

    private void acquire() {
        try {
            if (!permits.tryAcquire(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StorageException.Unavailable(
                        "all %d read connections are busy".formatted(most), SOON, null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
    }

    private static StorageException.Unavailable interrupted(InterruptedException e) {
        return new StorageException.Unavailable("the request was interrupted", SOON, e);
    }

    private void giveBack(Session session, boolean healthy) {
        if (healthy) {
            idle.addFirst(session);
            return;
        }
        try {
            session.close();
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.DEBUG, "a broken connection did not close cleanly", e);
        }
    }

    /** Waits for the sessions that are lent, for a bounded time, and closes all. */
    @Override
    public void close() {
        try {
            if (!permits.tryAcquire(most, timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StorageException.Timeout("a read does not end", null);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        threads.shutdown();
        for (Session s = idle.pollFirst(); s != null; s = idle.pollFirst()) {
            giveBack(s, false);
        }
    }
}
