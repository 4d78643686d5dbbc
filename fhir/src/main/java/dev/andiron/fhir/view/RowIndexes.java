package dev.andiron.fhir.view;

import dev.andiron.fhir.path.PathFocus;
import dev.andiron.fhir.path.PathNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The variable of the row index, made once for the usual ones. */
final class RowIndexes {
    private static final int USUAL = 64;
    private static final List<Map<String, List<PathNode>>> MADE = usual();

    private RowIndexes() {}

    private static List<Map<String, List<PathNode>>> usual() {
        var made = new ArrayList<Map<String, List<PathNode>>>(USUAL);
        for (int i = 0; i < USUAL; i++) {
            made.add(make(i));
        }
        return List.copyOf(made);
    }

    private static Map<String, List<PathNode>> make(int index) {
        return Map.of(Constants.ROW_INDEX, List.of(PathFocus.integer(index)));
    }

    static Map<String, List<PathNode>> of(int index) {
        return index < USUAL ? MADE.get(index) : make(index);
    }
}
