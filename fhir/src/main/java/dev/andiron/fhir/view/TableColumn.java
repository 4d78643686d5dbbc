package dev.andiron.fhir.view;

import dev.andiron.spi.view.ValueType;

/**
 * A column of a table, as whoever writes the table needs it.
 *
 * @param name unique in the table
 * @param type what its values are
 * @param collection whether it holds lists
 */
public record TableColumn(String name, ValueType type, boolean collection) {}
