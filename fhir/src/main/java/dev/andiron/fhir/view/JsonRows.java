package dev.andiron.fhir.view;

import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;

import java.io.IOException;
import java.util.List;

/** Writes rows as JSON objects: every column is there, {@code null} says that it has no value. */
final class JsonRows {
    private final TableOutput out;
    private final String[] names;

    JsonRows(TableOutput out, List<TableColumn> columns) {
        this.out = out;
        this.names = columns.stream().map(TableColumn::name).toArray(String[]::new);
    }

    void write(Row row) throws IOException {
        out.ascii('{');
        List<Value> values = row.values();
        for (int i = 0; i < names.length; i++) {
            if (i > 0) {
                out.ascii(',');
            }
            out.quoted(names[i]);
            out.ascii(':');
            write(out, values.get(i));
        }
        out.ascii('}');
    }

    static void write(TableOutput out, Value value) throws IOException {
        switch (value) {
            case Value.Absent absent -> out.ascii("null");
            case Value.Truth truth -> out.ascii(truth.value() ? "true" : "false");
            case Value.Whole whole -> out.ascii(Long.toString(whole.value()));
            case Value.Decimal decimal -> out.ascii(decimal.value().toPlainString());
            case Value.Text text -> out.quoted(text.value());
            case Value.Structure structure -> out.bytes(structure.json().bytes());
            case Value.Many many -> {
                out.ascii('[');
                for (int i = 0; i < many.values().size(); i++) {
                    if (i > 0) {
                        out.ascii(',');
                    }
                    write(out, many.values().get(i));
                }
                out.ascii(']');
            }
        }
    }
}
