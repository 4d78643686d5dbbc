package dev.andiron.fhir.path;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * The half-open interval of time that a FHIR date, dateTime or instant means by its precision:
 * {@code 2024-02} is [2024-02-01T00:00Z, 2024-03-01T00:00Z). A date or time without a zone is taken
 * as UTC.
 *
 * @param low its first instant
 * @param high the first instant behind it
 */
public record DateInterval(Instant low, Instant high) {
    private static final int MAX_FRACTION = 9;

    /** All of time: a period without start and end. */
    public static final DateInterval ALWAYS = new DateInterval(Instant.MIN, Instant.MAX);

    /**
     * Reads {@code YYYY}, {@code YYYY-MM}, {@code YYYY-MM-DD}, {@code YYYY-MM-DDThh:mm}, with
     * seconds, with 1 to 9 digits of a fraction, each time with or without a zone.
     *
     * @return empty when the text is none of these or no such day or time exists
     */
    public static Optional<DateInterval> parse(String text) {
        DateInterval interval = parseOrNull(text);
        return Optional.ofNullable(interval);
    }

    /** As {@link #parse}, null instead of empty: this is called for each date of each resource. */
    public static DateInterval parseOrNull(String text) {
        int length = text.length();
        if (!digits(text, 0, 4)) {
            return null;
        }
        try {
            if (length > 10) {
                return time(text);
            }
            int year = number(text, 0, 4);
            return switch (length) {
                case 4 -> days(Year.of(year).atDay(1), Year.of(year + 1).atDay(1));
                case 7 -> {
                    if (text.charAt(4) != '-' || !digits(text, 5, 7)) {
                        yield null;
                    }
                    YearMonth month = YearMonth.of(year, number(text, 5, 7));
                    yield days(month.atDay(1), month.plusMonths(1).atDay(1));
                }
                case 10 -> dayOf(text);
                default -> null;
            };
        } catch (DateTimeException impossible) {
            return null;
        }
    }

    private static DateInterval dayOf(String text) {
        LocalDate day = day(text);
        if (day == null) {
            return null;
        }
        return days(day, day.plusDays(1));
    }

    private static LocalDate day(String text) {
        if (text.charAt(4) != '-'
                || !digits(text, 5, 7)
                || text.charAt(7) != '-'
                || !digits(text, 8, 10)) {
            return null;
        }
        return LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
    }

    private static DateInterval time(String text) {
        int length = text.length();
        LocalDate day = day(text);
        if (day == null
                || length < 16
                || text.charAt(10) != 'T'
                || !digits(text, 11, 13)
                || text.charAt(13) != ':'
                || !digits(text, 14, 16)) {
            return null;
        }
        int hour = number(text, 11, 13);
        int minute = number(text, 14, 16);
        int second = 0;
        int nano = 0;
        long width = 60_000_000_000L;
        int at = 16;
        if (at < length && text.charAt(at) == ':') {
            if (!digits(text, 17, 19)) {
                return null;
            }
            // A leap second has no instant of its own in Java's time scale.
            second = Math.min(59, leapChecked(number(text, 17, 19)));
            width = 1_000_000_000L;
            at = 19;
            if (at < length && text.charAt(at) == '.') {
                int end = at + 1;
                while (end < length && isDigit(text.charAt(end))) {
                    end++;
                }
                int digits = end - at - 1;
                if (digits < 1 || digits > MAX_FRACTION) {
                    return null;
                }
                width = (long) Math.pow(10, MAX_FRACTION - digits);
                nano = (int) (number(text, at + 1, end) * width);
                at = end;
            }
        }
        ZoneOffset offset = offset(text, at);
        if (offset == null) {
            return null;
        }
        boolean midnight = hour == 24 && minute == 0 && second == 0 && nano == 0;
        Instant low =
                OffsetDateTime.of(
                                day.getYear(),
                                day.getMonthValue(),
                                day.getDayOfMonth(),
                                midnight ? 0 : hour,
                                minute,
                                second,
                                nano,
                                offset)
                        .toInstant();
        if (midnight) {
            low = low.plusSeconds(86_400);
        }
        return new DateInterval(low, low.plusNanos(width));
    }

    private static int leapChecked(int second) {
        if (second > 60) {
            throw new DateTimeException("no such second");
        }
        return second;
    }

    /** The zone; null when the rest of the text is none. */
    private static ZoneOffset offset(String text, int at) {
        int length = text.length();
        if (at == length || (at == length - 1 && text.charAt(at) == 'Z')) {
            return ZoneOffset.UTC;
        }
        char sign = text.charAt(at);
        if ((sign != '+' && sign != '-')
                || length != at + 6
                || !digits(text, at + 1, at + 3)
                || text.charAt(at + 3) != ':'
                || !digits(text, at + 4, at + 6)
                || number(text, at + 4, at + 6) > 59) {
            return null;
        }
        int seconds = number(text, at + 1, at + 3) * 3600 + number(text, at + 4, at + 6) * 60;
        return ZoneOffset.ofTotalSeconds(sign == '-' ? -seconds : seconds);
    }

    private static DateInterval days(LocalDate first, LocalDate behind) {
        return new DateInterval(
                Instant.ofEpochSecond(first.toEpochDay() * 86_400),
                Instant.ofEpochSecond(behind.toEpochDay() * 86_400));
    }

    private static boolean digits(String text, int from, int to) {
        if (to > text.length()) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }
}
