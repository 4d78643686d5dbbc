package dev.andiron.fhir.view;

import dev.andiron.spi.view.Row;

import java.io.Closeable;
import java.io.IOException;

/**
 * Writes a table, row by row, as a stream. Used by one thread. The bytes depend on the columns and
 * the rows only, not on what made them.
 */
public interface TableWriter extends Closeable {

    /** Writes a row, or keeps it to be written with others. */
    void write(Row row) throws IOException;

    /** Gives everything kept so far to the stream, and flushes that. */
    void flush() throws IOException;

    /** Ends the table, and flushes; the stream stays open. */
    @Override
    void close() throws IOException;
}
