package dev.andiron.spi.view;

import java.util.List;
import java.util.Objects;

/** Over which elements a selection goes, each in turn being the focus of all that is in it. */
public sealed interface Iteration {

    /**
     * Over the values of a path.
     *
     * @param keepsEmpty without any value: whether there is one row all the same ({@code
     *     forEachOrNull}), whose paths have nothing as their focus and whose row index is 0. A
     *     literal has its value there, and {@link Expression.Exists} is false
     */
    record ForEach(Expression path, boolean keepsEmpty) implements Iteration {
        public ForEach {
            Objects.requireNonNull(path, "path is null");
        }
    }

    /**
     * Over what paths lead to, and again from there, to any depth: an element comes before those
     * below it, and those of the first path before those of the second. The paths are evaluated on
     * the focus of the enclosing selection first, and then on each element found; where there is no
     * member of a name, they lead nowhere.
     */
    record Repeat(List<Expression> paths) implements Iteration {
        public Repeat {
            paths = List.copyOf(paths);
        }
    }
}
