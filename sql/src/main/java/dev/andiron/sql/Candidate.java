package dev.andiron.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

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
     * @param test what its rows have to pass besides; an estimate leaves it out, for it may look at
     *     any number of rows until one passes
     * @param size rows that are quicker to count, and about as many
     */
    record Arm(Sql from, String id, Sql where, List<Kind> kinds, Sql test, Optional<Sql> size) {
        Arm {
            kinds = List.copyOf(kinds);
        }

        Arm(Sql from, String id, Sql where, List<Kind> kinds) {
            this(from, id, where, kinds, Sql.always(), Optional.empty());
        }

        Arm counted(Sql size) {
            return new Arm(from, id, where, kinds, test, Optional.of(size));
        }

        /** Selects a row for each that an estimate counts. */
        Sql rows() {
            return size.orElseGet(
                    () -> Sql.of("SELECT 1 AS one FROM ").add(from).add(" WHERE ").add(where));
        }
    }

    /** The same with further tests of its rows; selections whose rows never pass are left out. */
    Candidate testedBy(Function<Arm, Sql> further) {
        var tested = new ArrayList<Arm>();
        for (Arm arm : arms) {
            Sql test = Sql.all(List.of(arm.test(), further.apply(arm)));
            if (!test.isNever()) {
                tested.add(
                        new Arm(arm.from(), arm.id(), arm.where(), arm.kinds(), test, arm.size()));
            }
        }
        return new Candidate(tested, ordered);
    }
}
