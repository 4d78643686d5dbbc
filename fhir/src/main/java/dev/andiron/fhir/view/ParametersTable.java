package dev.andiron.fhir.view;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * A {@code Parameters} resource with a parameter {@code row} for each row. What has no value is
 * left out, and so are empty texts, which FHIR does not have.
 */
public final class ParametersTable implements TableWriter {
    private final TableOutput out;
    private final List<TableColumn> columns;
    private final boolean hasInteger64;
    private boolean begun;

    /**
     * Begins a table.
     *
     * @param hasInteger64 whether the FHIR version has that type; otherwise integers of more than
     *     32 bits are decimals
     */
    public ParametersTable(OutputStream out, List<TableColumn> columns, boolean hasInteger64)
            throws IOException {
        this.out = new TableOutput(out);
        this.columns = List.copyOf(columns);
        this.hasInteger64 = hasInteger64;
        this.out.ascii("{\"resourceType\":\"Parameters\"");
    }

    @Override
    public void write(Row row) throws IOException {
        beginParameter();
        out.ascii("{\"name\":\"row\"");
        boolean parts = false;
        for (int i = 0; i < columns.size(); i++) {
            Value value = row.values().get(i);
            if (!isEmpty(value)) {
                out.ascii(parts ? "," : ",\"part\":[");
                parts = true;
                out.ascii("{\"name\":");
                out.quoted(columns.get(i).name());
                out.ascii(",\"value");
                write(columns.get(i), value);
                out.ascii('}');
            }
        }
        out.ascii(parts ? "]}" : "}");
    }

    private static boolean isEmpty(Value value) {
        return value == Value.Absent.ABSENT
                || value instanceof Value.Text text && text.value().isEmpty();
    }

    private void write(TableColumn column, Value value) throws IOException {
        switch (value) {
            case Value.Truth _ -> out.ascii("Boolean\":");
            case Value.Whole whole when whole.value() == (int) whole.value() ->
                    out.ascii("Integer\":");
            case Value.Whole whole when hasInteger64 -> {
                out.ascii("Integer64\":\"" + whole.value() + "\"");
                return;
            }
            case Value.Whole _, Value.Decimal _ -> out.ascii("Decimal\":");
            case Value.Text _ -> out.ascii(type(column) + "\":");
            case Value.Structure _, Value.Many _, Value.Absent _ ->
                    throw new IllegalStateException("a row of a query has simple values");
        }
        JsonRows.write(out, value);
    }

    private static String type(TableColumn column) {
        return switch (column.type().kind()) {
            case DATE -> "Date";
            case DATE_TIME -> column.type().name().equals("instant") ? "Instant" : "DateTime";
            case TIME -> "Time";
            case BOOLEAN, INTEGER, DECIMAL, STRING, COMPLEX -> "String";
        };
    }

    /** Adds a resource as a parameter of its own. */
    public void write(String name, JsonObject resource) throws IOException {
        beginParameter();
        out.ascii("{\"name\":");
        out.quoted(name);
        out.ascii(",\"resource\":");
        out.bytes(JsonWriter.compact(resource));
        out.ascii('}');
    }

    private void beginParameter() throws IOException {
        out.ascii(begun ? "," : ",\"parameter\":[");
        begun = true;
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
        out.ascii(begun ? "]}" : "}");
        out.flush();
    }
}
