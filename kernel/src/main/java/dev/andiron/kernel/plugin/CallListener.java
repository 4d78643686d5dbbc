package dev.andiron.kernel.plugin;

import dev.andiron.spi.metric.Meters;

/** Is told of every call into a backend, such as for metrics. Fast, safe for many threads. */
@FunctionalInterface
public interface CallListener {

    /** Listens to nothing. */
    CallListener NONE = (backend, facet, operation, nanoseconds, failure) -> {};

    /**
     * A call has ended.
     *
     * @param backend the configured name of the backend
     * @param facet the SPI interface that was called, such as {@code ResourceStore}
     * @param operation the method, such as {@code read}
     * @param nanoseconds how long it took
     * @param failure the simple name of the exception that it ended with; empty when it returned
     */
    void called(String backend, String facet, String operation, long nanoseconds, String failure);

    /**
     * Where a backend tells what it counts and times itself.
     *
     * @param backend the configured name of the backend
     * @return its meters
     */
    default Meters meters(String backend) {
        return Meters.none();
    }
}
