package dev.andiron.sql.document;

import dev.andiron.spi.resource.Json;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;

import java.math.BigDecimal;

/** Single values: parts of documents, and values that were computed. */
final class Scalar {
    private Scalar() {}

    static boolean truth(Object item) throws IrregularException {
        return switch (item) {
            case Value.Truth truth -> truth.value();
            case Part part when part.first() == 't' -> true;
            case Part part when part.first() == 'f' -> false;
            default -> throw IrregularException.INSTANCE;
        };
    }

    /** The text of a value of a type of kind STRING, DATE, DATE_TIME or TIME. */
    static String text(Object item) throws IrregularException {
        return switch (item) {
            case Part part -> part.text();
            case Value.Text text -> text.value();
            default -> throw IrregularException.INSTANCE;
        };
    }

    static BigDecimal number(Object item, ValueType type) throws IrregularException {
        try {
            return switch (item) {
                case Part part -> new BigDecimal(digits(part, type));
                case Value.Whole whole -> BigDecimal.valueOf(whole.value());
                case Value.Decimal decimal -> decimal.value();
                default -> throw IrregularException.INSTANCE;
            };
        } catch (NumberFormatException _) {
            throw IrregularException.INSTANCE;
        }
    }

    static long whole(Object item, ValueType type) throws IrregularException {
        try {
            return switch (item) {
                case Part part -> Long.parseLong(digits(part, type));
                case Value.Whole whole -> whole.value();
                default -> throw IrregularException.INSTANCE;
            };
        } catch (NumberFormatException _) {
            throw IrregularException.INSTANCE;
        }
    }

    private static String digits(Part part, ValueType type) throws IrregularException {
        if (!part.isText()) {
            return part.raw();
        }
        if (type.name().equals("integer64")) {
            return part.text();
        }
        throw IrregularException.INSTANCE;
    }

    /**
     * What a column shows.
     *
     * @param type of the path that gave it
     * @param shown of the column
     */
    static Value shown(Object item, ValueType type, ValueType shown) throws IrregularException {
        return switch (shown.kind()) {
            case BOOLEAN -> Value.Truth.of(truth(item));
            case INTEGER -> new Value.Whole(whole(item, type));
            case DECIMAL -> new Value.Decimal(number(item, type));
            case STRING, DATE, DATE_TIME, TIME ->
                    item instanceof Value.Text text ? text : new Value.Text(anyText(item, type));
            case COMPLEX -> structure(item);
        };
    }

    private static String anyText(Object item, ValueType type) throws IrregularException {
        boolean written = type.isNumber() || type.kind() == Kind.BOOLEAN;
        return switch (item) {
            case Part part when written && !part.isText() && part.first() != '{' -> part.raw();
            case Value.Truth truth -> Boolean.toString(truth.value());
            case Value.Whole whole -> Long.toString(whole.value());
            default -> text(item);
        };
    }

    private static Value structure(Object item) throws IrregularException {
        if (item instanceof Part part && part.first() == '{') {
            return new Value.Structure(Json.of(part.compact()));
        }
        throw IrregularException.INSTANCE;
    }
}
