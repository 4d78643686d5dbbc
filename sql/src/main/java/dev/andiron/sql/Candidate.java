package dev.andiron.sql;

import java.util.List;

/**
 * A way to begin a search: rows of an index that hold all resources that pass one criterion.
 *
 * @param arms selections whose union it is
 * @param ordered whether an index gives each arm's rows in the order of resources
 */
record Candidate(List<Arm> arms, boolean ordered) {

    Candidate {
        arms = List.copyOf(arms);
    }

    /**
     * One selection.
     *
     * @param from what to select from, joins included
     * @param id the column with the resource's number
     * @param where which rows
     * @param kinds what its resources may be, for what they are tested by
     */
    record Arm(Sql from, String id, Sql where, List<Kind> kinds) {
        Arm {
            kinds = List.copyOf(kinds);
        }
    }
}
