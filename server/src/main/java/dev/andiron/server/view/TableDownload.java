package dev.andiron.server.view;

import dev.andiron.fhir.view.TableColumn;
import dev.andiron.fhir.view.TableWriter;
import dev.andiron.server.interaction.Download;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.RowCursor;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A table that is written while its rows come. The first rows are there before anything is sent, so
 * that what is wrong from the start is told by a status.
 */
final class TableDownload implements Download {
    private final TableForm form;
    private final List<TableColumn> columns;
    private final RowCursor rows;
    private final LongConsumer ended;
    private List<Row> next;
    private long written;
    private boolean closed;

    /**
     * Takes over the cursor.
     *
     * @param ended is told once how many rows were written
     * @throws StorageException if the first rows cannot be had; the cursor is then closed
     */
    TableDownload(TableForm form, List<TableColumn> columns, RowCursor rows, LongConsumer ended) {
        this.form = form;
        this.columns = columns;
        this.rows = rows;
        this.ended = ended;
        try {
            next = rows.next();
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    @Override
    public String mediaType() {
        return form.format().contentType();
    }

    @Override
    public boolean isCompressed() {
        return form.format().isCompressed();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        TableWriter table = form.writer(out, columns);
        try {
            boolean first = true;
            while (!next.isEmpty()) {
                for (Row row : next) {
                    table.write(row);
                }
                written += next.size();
                if (first) {
                    // Who waits for the first row waits no longer than it takes to make it.
                    table.flush();
                    first = false;
                }
                next = rows.next();
            }
        } catch (StorageException e) {
            throw new IOException("the table ends early: " + e.getMessage(), e);
        }
        table.close();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            ended.accept(written);
        }
        rows.close();
    }
}
