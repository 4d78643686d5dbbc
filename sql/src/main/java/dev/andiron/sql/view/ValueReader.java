package dev.andiron.sql.view;

import dev.andiron.spi.resource.Json;
import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/** Reads the columns of a compiled view. */
public final class ValueReader {
    private ValueReader() {}

    /**
     * One value.
     *
     * @param found as JDBC gives it: a number, a truth, a text or null
     */
    public static Value read(Column column, Object found) {
        if (column.collection()) {
            return found == null ? Value.Many.NONE : many((String) found, column.type());
        }
        return found == null ? Value.Absent.ABSENT : one(found, column.type());
    }

    private static Value one(Object found, ValueType type) {
        return switch (type.kind()) {
            case BOOLEAN -> Value.Truth.of(truth(found.toString()));
            case INTEGER -> new Value.Whole(new BigDecimal(found.toString()).longValueExact());
            case DECIMAL -> new Value.Decimal(new BigDecimal(found.toString()));
            case STRING, DATE, DATE_TIME, TIME -> new Value.Text(found.toString());
            case COMPLEX ->
                    new Value.Structure(Json.of(found.toString().getBytes(StandardCharsets.UTF_8)));
        };
    }

    /** Databases without truths have 0 and 1. */
    private static boolean truth(String text) {
        return text.equals("1") || text.equals("true");
    }

    /** Values behind their lengths; see {@link JsonDialect#lengthPrefixed}. */
    private static Value.Many many(String text, ValueType type) {
        var values = new ArrayList<Value>();
        int at = 0;
        while (at < text.length()) {
            int colon = text.indexOf(':', at);
            int length = Integer.parseInt(text, at, colon, 10);
            int end = text.offsetByCodePoints(colon + 1, length);
            values.add(one(text.substring(colon + 1, end), type));
            at = end;
        }
        return new Value.Many(values);
    }
}
