package dev.andiron.fhir.view;

import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.path.Path;
import dev.andiron.fhir.path.PathException;
import dev.andiron.fhir.path.PathFocus;
import dev.andiron.fhir.path.PathNode;
import dev.andiron.spi.StorageException;

import java.util.ArrayList;
import java.util.List;

/** Over which elements a selection goes. */
sealed interface IterationPlan {

    /** {@code forEach} and {@code forEachOrNull}. */
    record ForEach(Path path, boolean keepsEmpty) implements IterationPlan {}

    /** {@code repeat}. */
    record Repeat(List<Path> paths) implements IterationPlan {
        /** Elements are not nested deeper than JSON; computed values could go on for ever. */
        private static final int MAX_DEPTH = JsonReader.MAX_DEPTH;

        private static final int MAX_NODES = 1_000_000;

        private void collect(PathFocus focus, int depth, List<PathNode> found) {
            if (depth > MAX_DEPTH || found.size() > MAX_NODES) {
                throw new StorageException.Unprocessable(
                        "the repeat of " + paths + " does not come to an end");
            }
            for (Path path : paths) {
                for (PathNode node : on(path, focus)) {
                    found.add(node);
                    collect(PathFocus.of(node, RowIndexes.of(0)), depth + 1, found);
                }
            }
        }
    }

    /** The elements, in order. */
    default List<PathNode> nodes(PathFocus focus) {
        return switch (this) {
            case ForEach(Path path, boolean keepsEmpty) -> on(path, focus);
            case Repeat repeat -> {
                var found = new ArrayList<PathNode>();
                repeat.collect(focus, 0, found);
                yield found;
            }
        };
    }

    private static List<PathNode> on(Path path, PathFocus focus) {
        try {
            return path.evaluate(focus);
        } catch (PathException failed) {
            throw new StorageException.Unprocessable(
                    "the iteration over '%s' fails: %s".formatted(path, failed.getMessage()));
        }
    }
}
