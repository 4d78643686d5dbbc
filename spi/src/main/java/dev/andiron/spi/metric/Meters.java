package dev.andiron.spi.metric;

import java.util.function.LongSupplier;

/**
 * Where a backend tells what it counts and times, such as requests to a service behind it. The
 * server shows all of it, with the name of the backend. Safe for use by many threads; what the
 * methods give is kept by the backend and cheap to use. A name that was given before gives the same
 * meter again; a backend has at most {@value #MOST}.
 */
public interface Meters {
    /** How many meters a backend has at most. */
    int MOST = 1_000;

    /** Something that only grows. */
    @FunctionalInterface
    interface Counter {
        /**
         * Adds.
         *
         * @param amount 0 or more
         */
        void add(long amount);
    }

    /** How often something happens, and how long it takes. */
    @FunctionalInterface
    interface Timer {
        /**
         * Notes that it has happened.
         *
         * @param nanoseconds how long it took
         */
        void record(long nanoseconds);
    }

    /**
     * A counter.
     *
     * @param name its name, such as {@code s3.sent.bytes}
     * @return the counter
     * @throws IllegalStateException if there are too many meters
     */
    Counter counter(MeterName name);

    /**
     * A timer.
     *
     * @param name its name, such as {@code s3.requests}
     * @return the timer
     * @throws IllegalStateException if there are too many meters
     */
    Timer timer(MeterName name);

    /**
     * Shows a number that goes up and down.
     *
     * @param name its name, such as {@code postgres.pool.busy}
     * @param value asked whenever metrics are read: fast, never blocking, until the server ends
     * @throws IllegalStateException if there are too many meters
     */
    void gauge(MeterName name, LongSupplier value);

    /**
     * Meters that nobody looks at.
     *
     * @return the meters
     */
    static Meters none() {
        return new Meters() {
            @Override
            public Counter counter(MeterName name) {
                return _ -> {};
            }

            @Override
            public Timer timer(MeterName name) {
                return _ -> {};
            }

            @Override
            public void gauge(MeterName name, LongSupplier value) {
                // Nobody asks.
            }
        };
    }
}
