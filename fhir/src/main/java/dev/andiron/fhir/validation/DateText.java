package dev.andiron.fhir.validation;

import java.time.YearMonth;

/** The formats of dates and times, and that their days exist. */
final class DateText {
    private static final int DATE_LENGTH = "2000-01-31".length();
    private static final int TIME_LENGTH = "23:59:59".length();

    private DateText() {}

    /** YYYY, YYYY-MM or YYYY-MM-DD. */
    static boolean isDate(String text) {
        int length = text.length();
        return (length == 4 || length == 7 || length == DATE_LENGTH) && isDate(text, length);
    }

    /** A date, or a full date with a time and a zone. */
    static boolean isDateTime(String text) {
        return text.length() <= DATE_LENGTH ? isDate(text) : isInstant(text);
    }

    /** A full date with a time to the second at least, and a zone. */
    static boolean isInstant(String text) {
        int zone = timeEnd(text, DATE_LENGTH + 1);
        return zone > 0
                && text.charAt(DATE_LENGTH) == 'T'
                && isDate(text, DATE_LENGTH)
                && isZone(text, zone);
    }

    /** hh:mm:ss with an optional fraction. */
    static boolean isTime(String text) {
        return timeEnd(text, 0) == text.length();
    }

    private static boolean isDate(String text, int length) {
        int year = digits(text, 0, 4);
        if (year <= 0) {
            return false;
        }
        if (length == 4) {
            return true;
        }
        int month = digits(text, 5, 7);
        if (text.charAt(4) != '-' || month < 1 || month > 12) {
            return false;
        }
        if (length == 7) {
            return true;
        }
        int day = digits(text, 8, DATE_LENGTH);
        return text.charAt(7) == '-'
                && day >= 1
                && (day <= 28 || day <= YearMonth.of(year, month).lengthOfMonth());
    }

    /** The index behind the time that starts at an index; 0 when there is none. */
    private static int timeEnd(String text, int start) {
        int end = start + TIME_LENGTH;
        if (text.length() < end
                || !isBetween(text, start, 23)
                || text.charAt(start + 2) != ':'
                || !isBetween(text, start + 3, 59)
                || text.charAt(start + 5) != ':'
                || !isBetween(text, start + 6, 60)) { // a leap second
            return 0;
        }
        if (end < text.length() && text.charAt(end) == '.') {
            int fraction = end + 1;
            end = fraction;
            while (end < text.length() && isDigit(text.charAt(end))) {
                end++;
            }
            return end == fraction ? 0 : end;
        }
        return end;
    }

    private static boolean isZone(String text, int start) {
        if (text.length() == start + 1) {
            return text.charAt(start) == 'Z';
        }
        if (text.length() != start + "+14:00".length()
                || text.charAt(start) != '+' && text.charAt(start) != '-'
                || text.charAt(start + 3) != ':') {
            return false;
        }
        int hours = digits(text, start + 1, start + 3);
        int minutes = digits(text, start + 4, start + 6);
        return hours >= 0 && minutes >= 0 && minutes <= 59 && hours * 60 + minutes <= 14 * 60;
    }

    private static boolean isBetween(String text, int start, int max) {
        int value = digits(text, start, start + 2);
        return value >= 0 && value <= max;
    }

    private static int digits(String text, int start, int end) {
        int value = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (!isDigit(c)) {
                return -1;
            }
            value = value * 10 + c - '0';
        }
        return value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
