package dev.andiron.server.view;

/** Is told of tables that were answered with. Safe for use by many threads; quick. */
@FunctionalInterface
public interface TableObserver {

    /**
     * A table has ended, be it early.
     *
     * @param runner who made it: {@code native}, {@code in-process}, {@code sql}
     * @param rows how many were written
     */
    void tableEnded(String runner, long rows);
}
