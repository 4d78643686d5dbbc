package dev.andiron.spi.view;

import java.util.Objects;

/**
 * A column of a view.
 *
 * @param name letters, digits and underscores, a letter first; unique in the view but for the
 *     branches of one union, which agree
 * @param path its values
 * @param type what its values are; that of the path, or a hint that fits its kind
 * @param collection whether it takes all values of the path, as {@link Value.Many}; otherwise none
 *     gives {@link Value.Absent}, and several fail the view
 */
public record Column(String name, Expression path, ValueType type, boolean collection) {
    public Column {
        Objects.requireNonNull(name, "name is null");
        Objects.requireNonNull(path, "path is null");
        Objects.requireNonNull(type, "type is null");
    }
}
