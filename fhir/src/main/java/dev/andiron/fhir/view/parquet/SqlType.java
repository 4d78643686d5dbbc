package dev.andiron.fhir.view.parquet;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A type of SQL that a column may ask for. */
sealed interface SqlType {

    /** Text of any length. */
    enum Plain implements SqlType {
        TEXT,
        INTEGER,
        BIGINT,
        DATE
    }

    /**
     * A number of at most so many digits.
     *
     * @param precision all digits, 1 to 38
     * @param scale those behind the point, at most all
     */
    record Decimal(int precision, int scale) implements SqlType {}

    /**
     * A point in time.
     *
     * @param digits of the fraction of a second, 0 to 9
     */
    record Timestamp(int digits) implements SqlType {}

    /**
     * A time of day.
     *
     * @param digits of the fraction of a second, 0 to 9
     */
    record Time(int digits) implements SqlType {}

    /** What engines hold in 16 bytes. */
    int MOST_DIGITS = 38;

    /** What the standard takes where a timestamp says nothing. */
    int USUAL_FRACTION = 6;

    Pattern FORM =
            Pattern.compile(
                    "([A-Z]+(?: [A-Z]+)*?) ?(?:\\( ?(\\d{1,9}) ?(?:, ?(\\d{1,9}) ?)?\\))?"
                            + "( WITH(?:OUT)? TIME ZONE)?");

    /** Reads a type; empty for one that makes no difference here. */
    static Optional<SqlType> of(String text) {
        String clean = text.strip().replaceAll("\\s+", " ").toUpperCase(Locale.ROOT);
        Matcher parts = FORM.matcher(clean);
        if (!parts.matches()) {
            return Optional.empty();
        }
        return switch (parts.group(1)) {
            case "CHARACTER VARYING", "CHAR VARYING", "VARCHAR", "TEXT" -> Optional.of(Plain.TEXT);
            case "INTEGER", "INT" -> Optional.of(Plain.INTEGER);
            case "BIGINT" -> Optional.of(Plain.BIGINT);
            case "DATE" -> Optional.of(Plain.DATE);
            case "DECIMAL", "DEC", "NUMERIC" -> decimal(parts);
            case "TIMESTAMP" -> fraction(parts).map(Timestamp::new);
            case "TIME" -> fraction(parts).map(Time::new);
            default -> Optional.empty();
        };
    }

    /** Without a precision it says nothing about bounds. */
    private static Optional<SqlType> decimal(Matcher parts) {
        if (parts.group(2) == null) {
            return Optional.empty();
        }
        int precision = Integer.parseInt(parts.group(2));
        int scale = parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3));
        return precision >= 1 && precision <= MOST_DIGITS && scale <= precision
                ? Optional.of(new Decimal(precision, scale))
                : Optional.empty();
    }

    private static Optional<Integer> fraction(Matcher parts) {
        int digits = parts.group(2) == null ? USUAL_FRACTION : Integer.parseInt(parts.group(2));
        return digits <= 9 && parts.group(3) == null ? Optional.of(digits) : Optional.empty();
    }
}
