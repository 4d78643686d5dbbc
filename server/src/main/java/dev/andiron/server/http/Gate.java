package dev.andiron.server.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Bounds how many requests run at once, and closes when the server stops. */
final class Gate {
    private final int size;
    private final Semaphore permits;

    /** One permit is taken for each request from its arrival until its answer has been sent. */
    private final Semaphore absent = new Semaphore(Integer.MAX_VALUE);

    private final Duration patience;
    private volatile boolean closed;

    Gate(int size, Duration patience) {
        this.size = size;
        this.patience = patience;
        permits = new Semaphore(size);
    }

    /** A request is there, whether or not it may enter. */
    void arrive() {
        absent.acquireUninterruptibly();
    }

    /** Its answer has been sent. */
    void depart() {
        absent.release();
    }

    /** Enters, perhaps after a while; false if there is no room or the server stops. */
    boolean enter() {
        if (closed) {
            return false;
        }
        if (permits.tryAcquire()) {
            return true;
        }
        try {
            return permits.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void leave() {
        permits.release();
    }

    boolean isClosed() {
        return closed;
    }

    /** How many requests run now. */
    int running() {
        return size - permits.availablePermits();
    }

    /**
     * Lets nobody in any more and waits until those inside have been answered.
     *
     * @return whether all have been
     */
    boolean close(Duration longest) {
        closed = true;
        try {
            return absent.tryAcquire(Integer.MAX_VALUE, longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
