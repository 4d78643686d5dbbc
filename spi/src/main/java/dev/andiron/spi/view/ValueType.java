package dev.andiron.spi.view;

import java.util.Objects;

/**
 * What the values of an expression are.
 *
 * @param name the FHIR type, such as {@code code}, {@code dateTime}, {@code HumanName} or {@code
 *     Patient.contact}
 * @param kind how its values stand in JSON, compare and compute
 */
public record ValueType(String name, Kind kind) {
    public static final ValueType BOOLEAN = new ValueType("boolean", Kind.BOOLEAN);
    public static final ValueType INTEGER = new ValueType("integer", Kind.INTEGER);
    public static final ValueType DECIMAL = new ValueType("decimal", Kind.DECIMAL);
    public static final ValueType STRING = new ValueType("string", Kind.STRING);

    public ValueType {
        Objects.requireNonNull(name, "name is null");
        Objects.requireNonNull(kind, "kind is null");
    }

    /** How values stand in JSON, compare and compute. */
    public enum Kind {
        /** A JSON boolean. */
        BOOLEAN,
        /** A JSON number without fraction; of {@code integer64} a JSON string of its digits. */
        INTEGER,
        /** A JSON number, exact, whose digits are kept. */
        DECIMAL,
        /** A JSON string that compares as text: string, code, id, uri, base64Binary ... */
        STRING,
        /** A JSON string {@code YYYY}, {@code YYYY-MM} or {@code YYYY-MM-DD}. */
        DATE,
        /** A JSON string, a date or one with a time; dateTime and instant. */
        DATE_TIME,
        /** A JSON string {@code hh:mm:ss} with or without a fraction. */
        TIME,
        /** A JSON object. */
        COMPLEX
    }

    public boolean isPrimitive() {
        return kind != Kind.COMPLEX;
    }

    public boolean isNumber() {
        return kind == Kind.INTEGER || kind == Kind.DECIMAL;
    }

    /** Whether it is a date or a date with a time. */
    public boolean isMoment() {
        return kind == Kind.DATE || kind == Kind.DATE_TIME;
    }

    @Override
    public String toString() {
        return name;
    }
}
