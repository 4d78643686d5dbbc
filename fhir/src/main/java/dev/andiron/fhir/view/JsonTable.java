package dev.andiron.fhir.view;

import dev.andiron.spi.view.Row;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** A JSON array of objects, one on each line. */
public final class JsonTable implements TableWriter {
    private final TableOutput out;
    private final JsonRows rows;
    private boolean begun;

    public JsonTable(OutputStream out, List<TableColumn> columns) {
        this.out = new TableOutput(out);
        this.rows = new JsonRows(this.out, columns);
    }

    @Override
    public void write(Row row) throws IOException {
        out.ascii(begun ? ",\n" : "[");
        begun = true;
        rows.write(row);
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
        out.ascii(begun ? "]\n" : "[]\n");
        out.flush();
    }
}
