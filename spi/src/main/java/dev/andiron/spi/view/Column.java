package dev.andiron.spi.view;

import java.util.Objects;

/**
 * A column of a view.
 *
 * @param name letters, digits and underscores, a letter first; unique in the view but for the
 *     branches of one union, which agree
 * @param path its values
 * @param type what its values are shown as: the type of the path, or one of the same kind, of kind
 *     DECIMAL for an INTEGER path, of kind DATE_TIME for a DATE path, or of kind STRING for any
 *     primitive, whose text it then is
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
