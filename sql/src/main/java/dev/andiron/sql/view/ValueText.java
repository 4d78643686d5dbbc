package dev.andiron.sql.view;

import dev.andiron.spi.view.Value;

import java.nio.charset.StandardCharsets;

/** Values as JSON text, for columns of tables that hold lists. */
public final class ValueText {
    private ValueText() {}

    /** A value as JSON; nothing is {@code null}. */
    public static String json(Value value) {
        var text = new StringBuilder();
        write(text, value);
        return text.toString();
    }

    private static void write(StringBuilder text, Value value) {
        switch (value) {
            case Value.Absent _ -> text.append("null");
            case Value.Truth truth -> text.append(truth.value());
            case Value.Whole whole -> text.append(whole.value());
            case Value.Decimal decimal -> text.append(decimal.value().toPlainString());
            case Value.Text string -> quoted(text, string.value());
            case Value.Structure structure ->
                    text.append(new String(structure.json().bytes(), StandardCharsets.UTF_8));
            case Value.Many many -> {
                text.append('[');
                String separator = "";
                for (Value each : many.values()) {
                    text.append(separator);
                    write(text, each);
                    separator = ",";
                }
                text.append(']');
            }
        }
    }

    private static void quoted(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ') {
                text.append("\\u%04x".formatted((int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}
