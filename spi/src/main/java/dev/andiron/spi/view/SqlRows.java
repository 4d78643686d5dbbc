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

    /**
     * Which bound ended the rows before their own end, if one did; known at the end. A query whose
     * time is over before its first row ends so without any. Rows that are just as many as the
     * limit have no bound.
     */
    Optional<Bound> bound();

    /**
     * A column of the result.
     *
     * @param type that of the table's column that it is; of what is computed that of the first
     *     rows, {@code string} when they differ. Later rows may then hold values of another type
     */
    record ResultColumn(String name, ValueType type) {}

    /** What ends a query early. */
    enum Bound {
        ROWS,
        TIME
    }
}
