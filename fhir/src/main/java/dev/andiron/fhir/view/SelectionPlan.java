package dev.andiron.fhir.view;

import dev.andiron.fhir.path.PathFocus;
import dev.andiron.fhir.path.PathNode;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;

import java.util.List;
import java.util.Optional;

/**
 * A selection, ready to be evaluated. Rows are not joined from lists: each is filled in from left
 * to right and given on when it is full, so that a cross product needs no memory.
 *
 * @param start the index of its first column in the row
 */
record SelectionPlan(
        int start,
        Optional<IterationPlan> iteration,
        List<ColumnPlan> columns,
        List<SelectionPlan> selections,
        List<SelectionPlan> union) {

    /** What happens when a part of a row is filled in; false ends it all. */
    @FunctionalInterface
    interface Filled {
        boolean go();
    }

    /** The row that is being filled in, and the resource. */
    record Draft(PathNode resource, Value[] values) {
        Row row() {
            return Row.of(values);
        }
    }

    /**
     * Fills in this selection in all possible ways, going on with the rest of the row each time.
     */
    boolean fill(Draft draft, PathFocus focus, Filled rest) {
        if (iteration.isEmpty()) {
            return fillColumns(draft, focus, rest);
        }
        List<PathNode> nodes = iteration.get().nodes(focus);
        if (nodes.isEmpty()
                && iteration.get() instanceof IterationPlan.ForEach(var path, boolean keepsEmpty)
                && keepsEmpty) {
            return fillColumns(draft, PathFocus.nothing(draft.resource(), RowIndexes.of(0)), rest);
        }
        for (int i = 0; i < nodes.size(); i++) {
            PathFocus element = PathFocus.of(nodes.get(i), RowIndexes.of(i));
            if (!fillColumns(draft, element, rest)) {
                return false;
            }
        }
        return true;
    }

    private boolean fillColumns(Draft draft, PathFocus focus, Filled rest) {
        int at = start;
        for (ColumnPlan column : columns) {
            draft.values()[at++] = column.value(focus);
        }
        return fillSelections(0, draft, focus, rest);
    }

    private boolean fillSelections(int index, Draft draft, PathFocus focus, Filled rest) {
        if (index < selections.size()) {
            return selections
                    .get(index)
                    .fill(draft, focus, () -> fillSelections(index + 1, draft, focus, rest));
        }
        if (union.isEmpty()) {
            return rest.go();
        }
        for (SelectionPlan branch : union) {
            if (!branch.fill(draft, focus, rest)) {
                return false;
            }
        }
        return true;
    }
}
