package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The types of columns of queries, as tables declare them. By SQLite's rules the name of a type
 * says how values are kept: what has TEXT in it is kept as text, whatever it looks like, INT keeps
 * integers, and the rest keeps numbers as numbers.
 */
final class QueryTypes {
    private static final Map<String, ValueType> DECLARED =
            Map.of(
                    "BOOLEAN",
                    ValueType.BOOLEAN,
                    "INTEGER",
                    ValueType.INTEGER,
                    "BIGINT",
                    new ValueType("integer64", Kind.INTEGER),
                    "DECIMAL",
                    ValueType.DECIMAL,
                    "STRING_TEXT",
                    ValueType.STRING,
                    "JSON_TEXT",
                    ValueType.STRING,
                    "DATE_TEXT",
                    new ValueType("date", Kind.DATE),
                    "DATETIME_TEXT",
                    new ValueType("dateTime", Kind.DATE_TIME),
                    "INSTANT_TEXT",
                    new ValueType("instant", Kind.DATE_TIME),
                    "TIME_TEXT",
                    new ValueType("time", Kind.TIME));

    private QueryTypes() {}

    /** How a table declares a column of single values. */
    static String declared(ValueType type) {
        return switch (type.kind()) {
            case BOOLEAN -> "BOOLEAN";
            case INTEGER -> type.name().equals("integer64") ? "BIGINT" : "INTEGER";
            case DECIMAL -> "DECIMAL";
            case STRING -> "STRING_TEXT";
            case DATE -> "DATE_TEXT";
            case DATE_TIME -> type.name().equals("instant") ? "INSTANT_TEXT" : "DATETIME_TEXT";
            case TIME -> "TIME_TEXT";
            case COMPLEX -> "JSON_TEXT";
        };
    }

    /** The type that a table declared; empty for what is computed. */
    static Optional<ValueType> of(String declared) {
        return Optional.ofNullable(DECLARED.get(declared));
    }

    /** A value of a result. */
    static Value value(Object found, Optional<ValueType> type, String column) {
        return switch (found) {
            case null -> Value.Absent.ABSENT;
            case Number number when number instanceof Integer || number instanceof Long ->
                    whole(number.longValue(), type);
            case Double number -> real(number, column);
            case String text -> new Value.Text(text);
            default ->
                    throw new StorageException.Unprocessable(
                            "the column '%s' gives bytes; hex() makes a text of them"
                                    .formatted(column));
        };
    }

    private static Value whole(long number, Optional<ValueType> type) {
        return switch (type.map(ValueType::kind).orElse(Kind.INTEGER)) {
            case BOOLEAN -> Value.Truth.of(number != 0);
            case DECIMAL -> new Value.Decimal(BigDecimal.valueOf(number));
            case INTEGER, STRING, DATE, DATE_TIME, TIME, COMPLEX -> new Value.Whole(number);
        };
    }

    private static Value real(double number, String column) {
        if (Double.isInfinite(number)) {
            throw new StorageException.Unprocessable(
                    "the column '%s' has a number out of range".formatted(column));
        }
        return new Value.Decimal(BigDecimal.valueOf(number));
    }

    /** The type of what is computed, by its first values. */
    static ValueType common(List<Row> rows, int column) {
        boolean whole = false;
        boolean decimal = false;
        for (Row row : rows) {
            switch (row.values().get(column)) {
                case Value.Absent _ -> {}
                case Value.Whole _ -> whole = true;
                case Value.Decimal _ -> decimal = true;
                case Value.Text _, Value.Truth _, Value.Structure _, Value.Many _ -> {
                    return ValueType.STRING;
                }
            }
        }
        if (decimal) {
            return ValueType.DECIMAL;
        }
        return whole ? ValueType.INTEGER : ValueType.STRING;
    }
}
