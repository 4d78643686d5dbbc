package dev.andiron.server.job;

/** Is told how attempts at jobs end. Safe for use by many threads. */
@FunctionalInterface
public interface JobObserver {

    /**
     * An attempt has ended.
     *
     * @param kind the job's kind
     * @param outcome completed, failed, retried, released or lost
     */
    void ended(String kind, String outcome, long nanoseconds);
}
