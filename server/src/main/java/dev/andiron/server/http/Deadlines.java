package dev.andiron.server.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Interrupts requests that run longer than they may. Looks once in a while over all that run, so
 * that a request itself pays next to nothing for being watched.
 */
final class Deadlines implements AutoCloseable {
    private final long longest;
    private final Set<Watched> running = ConcurrentHashMap.newKeySet();
    private final Thread watcher;

    Deadlines(Duration longest) {
        this.longest = longest.toNanos();
        long interval = Math.clamp(longest.toMillis() / 8, 10, 1000);
        watcher =
                Thread.ofPlatform().name("request-deadlines").daemon().start(() -> watch(interval));
    }

    /** A request that runs on the thread that began it. */
    final class Watched implements AutoCloseable {
        private final Thread thread = Thread.currentThread();
        private volatile long begun = System.nanoTime();
        private boolean over;
        private boolean expired;

        private synchronized void interruptIfLate(long now) {
            if (!over && !expired && now - begun > longest) {
                expired = true;
                thread.interrupt();
            }
        }

        /** Gives it its whole time again, since it has come on. */
        void restart() {
            begun = System.nanoTime();
        }

        /** Whether it was interrupted for its time. */
        synchronized boolean isExpired() {
            return expired;
        }

        /** Ends the watch; the thread is not interrupted any more, nor left interrupted. */
        @Override
        public void close() {
            running.remove(this);
            synchronized (this) {
                over = true;
                if (expired) {
                    Thread.interrupted();
                }
            }
        }
    }

    /** Begins to watch the current thread. */
    Watched watch() {
        var watched = new Watched();
        running.add(watched);
        return watched;
    }

    private void watch(long interval) {
        try {
            while (true) {
                Thread.sleep(interval);
                long now = System.nanoTime();
                for (Watched watched : running) {
                    watched.interruptIfLate(now);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
