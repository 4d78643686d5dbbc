package dev.andiron.kernel.composite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.tenant.TenantContext;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * One tenant's changes on their way to one follower. A thread of its own works while there is
 * something to apply, and ends at the feed's end until it is woken again. It starts from the
 * position that the follower keeps, so whatever crashed before is done again and nothing is left
 * out.
 */
final class TenantFollowing {
    private static final System.Logger LOG = System.getLogger(TenantFollowing.class.getName());
    private static final long NEVER = -1;
    private static final int MOST_CHANGES = 1_000;
    private static final long WANTED_BYTES = 4 << 20;

    /** How often an idle follower is asked where it stands: it may have lost its data. */
    private static final Duration CHECK = Duration.ofMinutes(5);

    /** How long what it has answered, and what was applied since, counts while it works. */
    private static final Duration TRUSTED = Duration.ofSeconds(1);

    /** How much longer than it works the follower leaves the processors to those who write. */
    private static final int ROOM = 3;

    /** Who has committed that lately is writing. */
    private static final Duration WRITING = Duration.ofMillis(200);

    /** With so much of the tolerated lag used up, it makes no room any more. */
    private static final int PART_OF_LAG = 4;

    private final Following following;
    private final TenantContext tenant;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final ReentrantLock refreshing = new ReentrantLock();

    private boolean isWorking;
    private boolean isWoken;
    private final WaitingChanges waiting = new WaitingChanges();
    private final FailedAttempts failures = new FailedAttempts();
    private long applied;
    private long refreshed = NEVER;
    private int batch = MOST_CHANGES;
    private volatile Instant asked = Instant.MIN;
    private int waiters;
    private Instant lastCommit = Instant.MIN;

    /** Of the one thread that looks. */
    private final IdleLooks looks = new IdleLooks();

    TenantFollowing(Following following, TenantContext tenant) {
        this.following = following;
        this.tenant = tenant;
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    private <T> T underLock(Supplier<T> look) {
        lock.lock();
        try {
            return look.get();
        } finally {
            lock.unlock();
        }
    }

    /** Looks for changes, now or as soon as the present look has ended. */
    void wake() {
        lock.lock();
        try {
            isWoken = true;
            moved.signalAll();
            if (isWorking || following.isClosed()) {
                return;
            }
            isWorking = true;
        } finally {
            lock.unlock();
        }
        Thread.ofVirtual()
                .name("follow-%s-%s".formatted(following.name(), tenant.tenant()))
                .start(this::work);
    }

    /** Something is not as it should be: the follower is asked where it stands. */
    void doubt() {
        asked = Instant.MIN;
        wake();
    }

    /**
     * Looks for what other nodes have committed, ever more rarely while there is nothing: each node
     * applies what it has committed itself, so this finds what one has left behind that died, and
     * searches look for themselves.
     *
     * @param interval how often at most
     */
    void look(Duration interval) {
        Instant now = following.now();
        if (!looks.isDue(now)) {
            return;
        }
        if (asked.isBefore(now.minus(CHECK)) || following.feed().last(tenant) > applied()) {
            looks.found(now);
            wake();
        } else {
            looks.nothing(now, interval);
        }
    }

    /** A change up to this position was committed. */
    void committed(long position) {
        lock.lock();
        try {
            Instant now = following.now();
            waiting.known(position);
            lastCommit = now;
            if (position > applied) {
                waiting.committed(position, now);
            }
        } finally {
            lock.unlock();
        }
        wake();
    }

    /**
     * Waits until everything up to a position is applied.
     *
     * @return whether it is; false after the time given, and at once while the follower is
     *     unhealthy
     */
    boolean await(long position, Duration patience) {
        if (isApplied(position)) {
            return true;
        }
        long left = patience.toNanos();
        lock.lock();
        try {
            waiters++;
            waiting.known(position);
            wake();
            while (applied < position) {
                if (left <= 0 || following.isClosed() || !isHealthy()) {
                    return false;
                }
                left = moved.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StorageException.Timeout("the wait for the follower was interrupted", null);
        } finally {
            waiters--;
            lock.unlock();
        }
    }

    private boolean isApplied(long position) {
        return underLock(() -> applied >= position);
    }

    /** The position through which everything is applied, as far as this node knows. */
    long applied() {
        return underLock(() -> applied);
    }

    /** Makes what is applied up to a position visible; those who ask at once share one refresh. */
    void show(long position) {
        refreshing.lock();
        try {
            if (refreshed >= position) {
                return;
            }
            long reached = applied();
            following.follower().refresh(tenant);
            refreshed = reached;
        } finally {
            refreshing.unlock();
        }
    }

    /** Something was applied besides the feed: the next search needs a refresh. */
    void touched() {
        refreshing.lock();
        try {
            refreshed = NEVER;
        } finally {
            refreshing.unlock();
        }
    }

    // The work

    private void work() {
        do {
            Duration pause = attempt();
            if (pause.isPositive()) {
                rest(pause);
            }
        } while (!isDone());
    }

    /** Whether nothing woke it meanwhile; then it is not working any more. */
    private boolean isDone() {
        lock.lock();
        try {
            if (isWoken && !following.isClosed()) {
                return false;
            }
            isWorking = false;
            moved.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A wake-up does not cut the pause short: a follower in trouble is left alone. */
    private void rest(Duration pause) {
        long left = pause.toNanos();
        lock.lock();
        try {
            while (left > 0 && !following.isClosed()) {
                left = moved.awaitNanos(left);
            }
            isWoken = true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Follows to the end of the feed; says how long to rest after a failure. */
    private Duration attempt() {
        following.places().acquireUninterruptibly();
        try {
            locked(() -> isWoken = false);
            follow();
            succeeded();
            return Duration.ZERO;
        } catch (RuntimeException failed) {
            return failed(failed);
        } finally {
            following.places().release();
        }
    }

    private void follow() {
        long from = from();
        while (!following.isClosed()) {
            long begun = System.nanoTime();
            int limit = batch;
            List<Change> changes = following.feed().changes(tenant, from, limit);
            if (changes.isEmpty()) {
                break;
            }
            adapt(changes);
            long through = changes.getLast().position();
            deliver(following.projector().project(tenant, changes), through);
            following.delivered(changes.size());
            succeeded();
            moved(through);
            from = through;
            if (changes.size() < limit) {
                break;
            }
            makeRoom(System.nanoTime() - begun);
        }
        caughtUp(from);
    }

    /** From where to go on: as the follower says, unless it has just said so. */
    private long from() {
        Instant now = following.now();
        if (asked.isAfter(now.minus(TRUSTED))) {
            return applied();
        }
        long from = following.follower().applied(tenant);
        stands(from);
        asked = now;
        return from;
    }

    /**
     * While this node takes commits and nobody waits for the follower, it works for a part of the
     * time only, for it works with the same processors. Not when it is far behind.
     */
    private void makeRoom(long worked) {
        long left = ROOM * worked;
        following.places().release();
        lock.lock();
        try {
            while (left > 0 && waiters == 0 && isWriting() && !following.isClosed()) {
                left = moved.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
            following.places().acquireUninterruptibly();
        }
    }

    private boolean isWriting() {
        Duration enough = following.toleratedLag().dividedBy(PART_OF_LAG);
        return lastCommit.isAfter(following.now().minus(WRITING)) && lag().compareTo(enough) < 0;
    }

    /** Memory is bounded by bytes: the number of changes adapts to their size, and to failures. */
    private void adapt(List<Change> changes) {
        long bytes = 0;
        for (Change change : changes) {
            if (change instanceof Change.Written written) {
                bytes += written.resource().content().length();
            }
        }
        long each = Math.max(1, bytes / changes.size());
        int affordable = Math.clamp(WANTED_BYTES / each, 1, MOST_CHANGES);
        batch = Math.min(affordable, 2 * batch);
        locked(() -> waiting.next(changes));
    }

    /** What the follower refuses for what it is, not for its own state, is found and told. */
    private void deliver(List<Projection> projections, long through) {
        try {
            following.apply(tenant, projections, through);
        } catch (StorageException.TooLarge
                | StorageException.Unprocessable
                | StorageException.NotSupported refused) {
            if (projections.size() > 1) {
                int half = projections.size() / 2;
                deliver(projections.subList(0, half), 0);
                deliver(projections.subList(half, projections.size()), through);
                return;
            }
            Projection alone = projections.getFirst();
            if (alone instanceof Projection.Absent) {
                throw refused;
            }
            following.refused(tenant, alone.key(), refused.getMessage());
            following.apply(tenant, List.of(absent(alone.key(), alone.position())), through);
        }
    }

    private static Projection absent(ResourceKey key, long position) {
        return new Projection.Absent(position, key);
    }

    // What it has come to

    /** The follower says where it stands: farther back than it was if it has lost something. */
    private void stands(long position) {
        long before = applied();
        if (position < before) {
            LOG.log(
                    Level.WARNING,
                    "the follower ''{0}'' has lost changes of tenant {1}: it was at {2} and is at"
                            + " {3}; they are applied again",
                    following.name(),
                    tenant.tenant(),
                    before,
                    position);
            locked(() -> applied = position);
            touched();
        }
        moved(position);
    }

    private void moved(long position) {
        locked(
                () -> {
                    applied = Math.max(applied, position);
                    waiting.applied(position);
                    moved.signalAll();
                });
    }

    private void caughtUp(long position) {
        locked(() -> waiting.caughtUp(position));
    }

    private void succeeded() {
        locked(() -> failures.succeeded());
    }

    private Duration failed(RuntimeException failure) {
        following.failed();
        asked = Instant.MIN;
        lock.lock();
        try {
            batch = Math.max(1, batch / 2);
            String error = String.valueOf(failure.getMessage());
            if (failures.failed(error)) {
                LOG.log(
                        Level.WARNING,
                        "the follower ''{0}'' cannot be brought up to date for tenant {1}: {2}; it"
                                + " is tried again",
                        following.name(),
                        tenant.tenant(),
                        error);
                LOG.log(Level.DEBUG, error, failure);
            }
            waiting.something(following.now());
            moved.signalAll();
            return failures.pause();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is not too far behind, and did not fail too often in a row. */
    boolean isHealthy() {
        return underLock(
                () ->
                        failures.count() < Following.MOST_FAILURES
                                && lag().compareTo(following.toleratedLag()) <= 0);
    }

    Duration lag() {
        return underLock(() -> waiting.lag(following.now()));
    }

    long positionsBehind() {
        return underLock(() -> waiting.behind(applied));
    }

    int failures() {
        return underLock(() -> failures.count());
    }

    String lastError() {
        return underLock(() -> failures.lastError());
    }

    /** Lets those who wait go, and the thread end. */
    void close() {
        lock.lock();
        try {
            moved.signalAll();
            long left = TimeUnit.SECONDS.toNanos(10);
            while (isWorking && left > 0) {
                left = moved.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
