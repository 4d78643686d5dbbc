package dev.andiron.server.export;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.view.CompiledView;
import dev.andiron.fhir.view.TableWriter;
import dev.andiron.fhir.view.parquet.ParquetTable;
import dev.andiron.server.job.BlobOutput;
import dev.andiron.server.job.JobContext;
import dev.andiron.server.job.JobFailedException;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.view.Row;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The rows of a view over resources, in Parquet; each file is a table of its own. */
final class TableOutput implements ExportOutput {
    private final JobContext context;
    private final BlobStore blobs;
    private final ExportTable table;
    private final CompiledView view;
    private final Supplier<String> names;
    private final long fileSize;
    private BlobOutput out;
    private TableWriter writer;
    private String name = "";
    private long count;

    /**
     * @param names gives each file its name
     */
    TableOutput(
            JobContext context,
            BlobStore blobs,
            ExportTable table,
            CompiledView view,
            Supplier<String> names,
            long fileSize) {
        this.context = context;
        this.blobs = blobs;
        this.table = table;
        this.view = view;
        this.names = names;
        this.fileSize = fileSize;
    }

    @Override
    public boolean hasRoom(byte[] json) {
        return out == null || writer.size() < fileSize;
    }

    @Override
    public void add(byte[] json) {
        List<Row> rows = rows(json);
        if (rows.isEmpty()) {
            return;
        }
        try {
            begin();
            for (Row row : rows) {
                writer.write(row);
            }
        } catch (StorageException.Unprocessable e) {
            // The format cannot hold it, and a row cannot be taken back.
            throw new JobFailedException(
                    "the view '%s': %s".formatted(table.name(), e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        count += rows.size();
    }

    /** All rows of a resource, so that one that breaks a rule of the view has none. */
    private List<Row> rows(byte[] json) {
        var rows = new ArrayList<Row>();
        try {
            view.rows(
                    Json.of(json),
                    row -> {
                        rows.add(row);
                        return true;
                    });
        } catch (StorageException.Unprocessable e) {
            throw new FhirException(422, "processing", e.getMessage());
        }
        return rows;
    }

    private void begin() throws IOException {
        if (out == null) {
            name = names.get();
            out =
                    new BlobOutput(
                            blobs.write(context.tenant(), new BlobName(context.job().id(), name)));
            writer = new ParquetTable(out, view.columns());
        }
    }

    @Override
    public Optional<ExportState.File> finish() {
        if (out == null) {
            return Optional.empty();
        }
        try {
            writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!out.finish()) {
            throw new IllegalStateException("an output file of this attempt is there already");
        }
        out.close();
        out = null;
        var blob = new BlobName(context.job().id(), name);
        long size = blobs.find(context.tenant(), blob).orElseThrow().size();
        var file =
                new ExportState.File(
                        ExportState.Content.TABLE, table.name(), name, count, size, false);
        count = 0;
        return Optional.of(file);
    }

    @Override
    public void close() {
        if (out != null) {
            out.close();
            out = null;
        }
    }
}
