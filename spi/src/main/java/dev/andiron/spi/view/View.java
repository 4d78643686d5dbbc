package dev.andiron.spi.view;

import java.util.List;
import java.util.Objects;

/**
 * A table over the resources of one type: a ViewDefinition, checked, typed, with its constants in
 * place. Immutable.
 *
 * @param name for people and logs; may be empty
 * @param resourceType of which resources
 * @param where only resources for which each of these boolean expressions is true; one that is
 *     false or empty leaves the resource out, several values fail the view
 * @param root what to select from each resource; it has no iteration of its own
 */
public record View(String name, String resourceType, List<Expression> where, Selection root) {
    /**
     * The most rows of one resource; a view that gives more of one, before a limit ends it, fails
     * on it ({@link dev.andiron.spi.StorageException.Unprocessable}).
     */
    public static final int MOST_ROWS = 100_000;

    public View {
        Objects.requireNonNull(name, "name is null");
        Objects.requireNonNull(resourceType, "resourceType is null");
        where = List.copyOf(where);
        if (root.iteration().isPresent()) {
            throw new IllegalArgumentException("the root of a view has no iteration");
        }
    }

    /** The columns of its rows in order; see {@link Selection#outputs()}. */
    public List<Column> columns() {
        return root.outputs();
    }
}
