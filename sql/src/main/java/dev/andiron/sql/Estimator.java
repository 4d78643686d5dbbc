package dev.andiron.sql;

/** Finds out how many rows a statement gives, to choose the one to begin with. */
@FunctionalInterface
public interface Estimator {

    /**
     * Counts rows.
     *
     * @param count a statement that gives one number and looks at a bounded number of matches
     */
    long count(SqlStatement count);
}
