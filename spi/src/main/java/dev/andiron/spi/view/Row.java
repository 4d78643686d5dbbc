package dev.andiron.spi.view;

import java.util.List;

/**
 * One row of a table.
 *
 * @param values one for each column, in the order of the columns
 */
public record Row(List<Value> values) {
    public Row {
        values = List.copyOf(values);
    }

    public static Row of(Value... values) {
        return new Row(List.of(values));
    }
}
