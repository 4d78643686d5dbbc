package dev.andiron.server.interaction;

import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which requests run now, so that something that has changed can be relied on once all requests
 * have ended that may have begun with what was before. Safe for use by many threads.
 */
public final class RunningRequests {
    private final AtomicLong tickets = new AtomicLong();
    private final ConcurrentSkipListSet<Long> running = new ConcurrentSkipListSet<>();

    /** A request that runs until it is closed. */
    @FunctionalInterface
    public interface Request extends AutoCloseable {
        @Override
        void close();
    }

    /** Notes that a request begins. */
    public Request begin() {
        Long ticket = tickets.incrementAndGet();
        running.add(ticket);
        return () -> running.remove(ticket);
    }

    /** A mark between the requests that have begun and those that will. */
    public long mark() {
        return tickets.incrementAndGet();
    }

    /** Whether a request still runs that had begun before a mark. */
    public boolean anyBefore(long mark) {
        return running.lower(mark) != null;
    }
}
