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

/**
 * A table that is written while its rows come. The first rows are there before anything is sent, so
 * that what is wrong from the start is told by a status.
 */
final class TableDownload implements Download {
    private final TableForm form;
    private final List<TableColumn> columns;
    private final RowCursor rows;
    private List<Row> next;

    /**
     * Takes over the cursor.
     *
     * @throws StorageException if the first rows cannot be had; the cursor is then closed
     */
    TableDownload(TableForm form, List<TableColumn> columns, RowCursor rows) {
        this.form = form;
        this.columns = columns;
        this.rows = rows;
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
        rows.close();
    }
}
