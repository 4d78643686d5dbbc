package dev.andiron.spi.view;

import java.util.List;
import java.util.Optional;

/**
 * The rows of an SQL query. Values are {@link Value.Whole}, {@link Value.Decimal}, {@link
 * Value.Text}, {@link Value.Truth} or {@link Value.Absent}.
 */
public interface SqlRows extends RowCursor {

    /** The columns in order; known before the first row. */
    List<ResultColumn> columns();

    /** Which bound ended the rows before their own end, if one did; known at the end. */
    Optional<Bound> bound();

    /**
     * A column of the result.
     *
     * @param type its type as far as it is declared or the same in all rows; otherwise {@code
     *     string}
     */
    record ResultColumn(String name, ValueType type) {}

    /** What ends a query early. */
    enum Bound {
        ROWS,
        TIME
    }
}
