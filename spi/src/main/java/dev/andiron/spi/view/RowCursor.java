package dev.andiron.spi.view;

import java.util.List;

/**
 * Rows that are pulled, in bounded memory. Used by one thread at a time, closed by whoever asked
 * for it, early if it likes; closing stops the producer.
 */
public interface RowCursor extends AutoCloseable {

    /**
     * The next rows: at least one and at most {@value #MOST}, so many as are quickly at hand; none
     * at the end, and from then on.
     *
     * @throws dev.andiron.spi.StorageException.Unprocessable if the data break a rule of the view,
     *     such as several values in a column that is no collection
     */
    List<Row> next();

    @Override
    void close();

    /** The most rows that one call gives. */
    int MOST = 1_000;
}
