package dev.andiron.fhir.path;

import java.util.regex.Pattern;

/**
 * The half-open interval of nanoseconds of the day that a time means by its precision.
 *
 * @param low its first nanosecond
 * @param high the first behind it
 */
record TimeOfDay(long low, long high) {
    private static final Pattern TIME =
            Pattern.compile("([01]\\d|2[0-3])(:[0-5]\\d(:[0-5]\\d(\\.\\d{1,9})?)?)?");
    private static final long SECOND = 1_000_000_000L;

    /** Reads {@code hh[:mm[:ss[.fff]]]}; null when the text is no time. */
    static TimeOfDay parse(String text) {
        if (!TIME.matcher(text).matches()) {
            return null;
        }
        long hour = number(text, 0, 2) * 3_600 * SECOND;
        if (text.length() == 2) {
            return new TimeOfDay(hour, hour + 3_600 * SECOND);
        }
        long minute = hour + number(text, 3, 5) * 60 * SECOND;
        if (text.length() == 5) {
            return new TimeOfDay(minute, minute + 60 * SECOND);
        }
        long second = minute + number(text, 6, 8) * SECOND;
        if (text.length() > 8) {
            String fraction = text.substring(9) + "0".repeat(9 - (text.length() - 9));
            second += number(fraction, 0, 9);
        }
        // Seconds with and without a fraction are of one precision.
        return new TimeOfDay(second, second + 1);
    }

    private static long number(String text, int from, int to) {
        return Long.parseLong(text, from, to, 10);
    }

    /** The order; null when the precision leaves it open. */
    Integer compare(TimeOfDay other) {
        if (equals(other)) {
            return 0;
        }
        if (high <= other.low) {
            return -1;
        }
        return other.high <= low ? 1 : null;
    }
}
