package dev.andiron.fhir.view;

import dev.andiron.spi.view.ValueType;

import java.util.Optional;

/**
 * A column of a table, as whoever writes the table needs it.
 *
 * @param name unique in the table
 * @param type what its values are
 * @param collection whether it holds lists
 * @param sqlType the SQL type that the view would like for it where a format has types, as it is
 *     written there, such as {@code DECIMAL(10, 2)}
 */
public record TableColumn(
        String name, ValueType type, boolean collection, Optional<String> sqlType) {

    /** A column that asks for no SQL type. */
    public TableColumn(String name, ValueType type, boolean collection) {
        this(name, type, collection, Optional.empty());
    }
}
