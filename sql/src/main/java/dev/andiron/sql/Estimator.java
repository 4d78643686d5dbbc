package dev.andiron.sql;

import java.util.ArrayList;
import java.util.List;

/** Finds out how many rows a statement gives, to choose the one to begin with. */
@FunctionalInterface
public interface Estimator {

    /**
     * Counts rows.
     *
     * @param count a statement that gives one number and looks at a bounded number of matches
     */
    long count(SqlStatement count);

    /**
     * Counts the rows of several.
     *
     * @param most where each of them stops to count
     */
    default List<Long> counts(List<SqlStatement> counts, long most) {
        var numbers = new ArrayList<Long>(counts.size());
        for (SqlStatement each : counts) {
            numbers.add(count(each));
        }
        return numbers;
    }

    /** About how many resources there are, of any type; 0 where that is not known. */
    default long resources() {
        return 0;
    }
}
