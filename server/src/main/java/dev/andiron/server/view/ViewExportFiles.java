package dev.andiron.server.view;

import dev.andiron.fhir.view.TableColumn;
import dev.andiron.fhir.view.TableWriter;
import dev.andiron.server.job.BlobOutput;
import dev.andiron.server.job.JobContext;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.view.Row;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * The files of one table, one after another, each a whole table of its own. Used by one thread;
 * closing drops the file that was not finished.
 */
final class ViewExportFiles implements AutoCloseable {
    private final JobContext context;
    private final BlobStore blobs;
    private final ViewExportRequest request;
    private final String name;
    private final long size;
    private final LongConsumer told;
    private final List<String> parts = new ArrayList<>();
    private List<TableColumn> columns = List.of();
    private BlobOutput out;
    private TableWriter table;
    private long rows;

    /**
     * @param size the bytes after which the next row goes into another file
     * @param told is told the number of rows whenever a file is finished
     */
    ViewExportFiles(
            JobContext context,
            BlobStore blobs,
            ViewExportRequest request,
            String name,
            long size,
            LongConsumer told) {
        this.context = context;
        this.blobs = blobs;
        this.request = request;
        this.name = name;
        this.size = size;
        this.told = told;
    }

    /** Begins the first file, which is there even if there is no row. */
    void begin(List<TableColumn> of) {
        columns = of;
        open();
    }

    private void open() {
        String part =
                context.part(name + "-" + (parts.size() + 1), "." + request.form().format().word());
        parts.add(part);
        out = new BlobOutput(blobs.write(context.tenant(), new BlobName(context.job().id(), part)));
        try {
            table = request.form().writer(out, columns);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(Row row) {
        if (table.size() >= size) {
            finish();
            told.accept(rows);
            open();
        }
        try {
            table.write(row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        rows++;
    }

    private void finish() {
        try {
            table.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!out.finish()) {
            throw new IllegalStateException("an output file of this attempt is there already");
        }
        out.close();
    }

    /** Finishes the last file. */
    ViewExportOutput.Table end() {
        finish();
        return new ViewExportOutput.Table(name, parts, rows);
    }

    @Override
    public void close() {
        if (out != null) {
            out.close();
        }
    }
}
