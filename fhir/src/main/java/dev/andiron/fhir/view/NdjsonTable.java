package dev.andiron.fhir.view;

import dev.andiron.spi.view.Row;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** A JSON object on each line. */
public final class NdjsonTable implements TableWriter {
    private final TableOutput out;
    private final JsonRows rows;

    public NdjsonTable(OutputStream out, List<TableColumn> columns) {
        this.out = new TableOutput(out);
        this.rows = new JsonRows(this.out, columns);
    }

    @Override
    public void write(Row row) throws IOException {
        rows.write(row);
        out.ascii('\n');
    }

    @Override
    public long size() {
        return out.size();
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.flush();
    }
}
