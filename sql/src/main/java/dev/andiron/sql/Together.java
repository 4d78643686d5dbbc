package dev.andiron.sql;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.ValueTest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Conjunctions of values in rows of the same kinds: that the resource has a row of each that passes
 * is to have rows that pass together, which one look finds for all alternatives.
 *
 * @param rest what all of them ask besides
 */
record Together(List<ValueRows> rows, List<Criterion> rest) {

    /** That of a conjunction of several values. */
    static Optional<Together> of(Criterion criterion) {
        if (!(criterion instanceof Criterion.All(List<Criterion> parts))) {
            return Optional.empty();
        }
        var rows = new ArrayList<ValueRows>();
        var rest = new ArrayList<Criterion>();
        for (Criterion part : parts) {
            if (isRow(part)) {
                rows.add(ValueRows.of((Criterion.Value) part));
            } else {
                rest.add(part);
            }
        }
        return rows.size() < 2 ? Optional.empty() : Optional.of(new Together(rows, rest));
    }

    /** Words are looked up by an index of their own, not row by row. */
    private static boolean isRow(Criterion part) {
        return part instanceof Criterion.Value value
                && ValueConditions.facet(value.test()) != Facet.FULL_TEXT;
    }

    /** Those of more than one alternative, with the tests of each. */
    static Map<Together, List<List<ValueTest>>> several(List<Criterion> alternatives) {
        var groups = new LinkedHashMap<Together, List<List<ValueTest>>>();
        for (Criterion alternative : alternatives) {
            of(alternative)
                    .ifPresent(
                            rows ->
                                    groups.computeIfAbsent(rows, _ -> new ArrayList<>())
                                            .add(tests(alternative)));
        }
        groups.values().removeIf(tests -> tests.size() < 2);
        return groups;
    }

    private static List<ValueTest> tests(Criterion conjunction) {
        return ((Criterion.All) conjunction)
                .criteria().stream()
                        .filter(Together::isRow)
                        .map(value -> ((Criterion.Value) value).test())
                        .toList();
    }
}
