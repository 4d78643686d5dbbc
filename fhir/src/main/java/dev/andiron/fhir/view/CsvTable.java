package dev.andiron.fhir.view;

import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Comma-separated values by RFC 4180. A value that is not there is an empty field, an empty text a
 * quoted one; lists and structures are their JSON text.
 */
public final class CsvTable implements TableWriter {
    private final TableOutput out;
    private final boolean guardsFormulas;
    private final int width;

    /**
     * Begins a table.
     *
     * @param header whether the first line names the columns
     * @param guardsFormulas whether an apostrophe goes before a text that a spreadsheet would take
     *     for a formula: one that starts with {@code = + - @}, a tab or a line break
     */
    public CsvTable(
            OutputStream out, List<TableColumn> columns, boolean header, boolean guardsFormulas)
            throws IOException {
        this.out = new TableOutput(out);
        this.guardsFormulas = guardsFormulas;
        this.width = columns.size();
        if (header) {
            for (int i = 0; i < width; i++) {
                if (i > 0) {
                    this.out.ascii(',');
                }
                text(columns.get(i).name());
            }
            this.out.ascii("\r\n");
        }
    }

    @Override
    public void write(Row row) throws IOException {
        for (int i = 0; i < width; i++) {
            if (i > 0) {
                out.ascii(',');
            }
            write(row.values().get(i));
        }
        out.ascii("\r\n");
    }

    private void write(Value value) throws IOException {
        switch (value) {
            case Value.Absent absent -> {}
            case Value.Truth truth -> out.ascii(truth.value() ? "true" : "false");
            case Value.Whole whole -> out.ascii(Long.toString(whole.value()));
            case Value.Decimal decimal -> out.ascii(decimal.value().toPlainString());
            case Value.Text text -> text(text.value());
            case Value.Structure structure ->
                    text(new String(structure.json().bytes(), StandardCharsets.UTF_8));
            case Value.Many many -> text(json(many));
        }
    }

    private static String json(Value value) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var json = new TableOutput(bytes);
        JsonRows.write(json, value);
        json.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private void text(String text) throws IOException {
        boolean guarded = guardsFormulas && isFormula(text);
        if (!guarded && isPlain(text)) {
            out.text(text);
            return;
        }
        out.ascii('"');
        if (guarded) {
            out.ascii('\'');
        }
        out.text(text.indexOf('"') < 0 ? text : text.replace("\"", "\"\""));
        out.ascii('"');
    }

    private static boolean isFormula(String text) {
        return !text.isEmpty() && "=+-@\t\r\n".indexOf(text.charAt(0)) >= 0;
    }

    private static boolean isPlain(String text) {
        if (text.isEmpty() || text.charAt(0) == ' ' || text.charAt(text.length() - 1) == ' ') {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ',' || c == '"' || c == '\r' || c == '\n') {
                return false;
            }
        }
        return true;
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
