package dev.andiron.spi.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Columns and what is nested with them. For each element of its iteration (without one: for its
 * focus, once) it gives the cross product of one row of its own columns, of the rows of each nested
 * selection, and of the rows of its union, which are those of all branches.
 *
 * @param iteration over which elements it goes; empty stays at the focus
 * @param columns its own
 * @param selections nested ones
 * @param union branches that give the same columns (names, types, order); without any there is no
 *     union
 */
public record Selection(
        Optional<Iteration> iteration,
        List<Column> columns,
        List<Selection> selections,
        List<Selection> union) {

    public Selection {
        columns = List.copyOf(columns);
        selections = List.copyOf(selections);
        union = List.copyOf(union);
    }

    /**
     * The columns of its rows in order: its own, those of nested selections, those of the union.
     */
    public List<Column> outputs() {
        var all = new ArrayList<>(columns);
        selections.forEach(selection -> all.addAll(selection.outputs()));
        if (!union.isEmpty()) {
            all.addAll(union.getFirst().outputs());
        }
        return List.copyOf(all);
    }
}
