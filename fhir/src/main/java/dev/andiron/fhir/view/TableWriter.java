package dev.andiron.fhir.view;

import dev.andiron.spi.view.Row;

import java.io.Closeable;
import java.io.IOException;

/**
 * Writes a table, row by row, as a stream. Used by one thread. The bytes depend on the columns and
 * the rows only, not on what made them.
 */
public interface TableWriter extends Closeable {

    /**
     * Writes a row, or keeps it to be written with others.
     *
     * @throws dev.andiron.spi.StorageException.Unprocessable if the format cannot hold a value; the
     *     message names the column
     */
    void write(Row row) throws IOException;

    /** About how many bytes the table has so far, those included that are still kept. */
    long size();

    /**
     * Gives what is kept to the stream, as far as the format lets a reader use it, and flushes
     * that.
     */
    void flush() throws IOException;

    /** Ends the table, and flushes; the stream stays open. */
    @Override
    void close() throws IOException;
}
