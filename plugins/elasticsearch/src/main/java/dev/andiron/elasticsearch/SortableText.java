package dev.andiron.elasticsearch;

import dev.andiron.spi.StorageException;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Numbers and instants as ASCII texts whose order is theirs, exactly: in Elasticsearch they are
 * keywords, behind the parameter in one field for all parameters.
 */
final class SortableText {
    private static final int SHORT_EXPONENT = 400;
    private static final int SHORT_BIAS = 500;
    private static final long LONG_BIAS = 5_000_000_000L;

    /** Sorts behind every digit: in front of it, the longer of two negative numbers is less. */
    private static final char END_OF_NEGATIVE = '~';

    private static final long FIRST_SECOND =
            LocalDateTime.of(0, 1, 1, 0, 0).toEpochSecond(ZoneOffset.UTC);
    private static final long END_SECOND =
            LocalDateTime.of(10_000, 1, 1, 0, 0).toEpochSecond(ZoneOffset.UTC);
    private static final long FAR_BIAS = 100_000_000_000_000_000L;
    private static final char FAR_BEFORE = '!';
    private static final char FAR_BEHIND = '~';

    private SortableText() {}

    /**
     * A number, written as 0.d₁d₂d₃… · 10ⁿ with d₁ ≠ 0: a sign, n, the digits. Equal numbers give
     * equal texts, whatever zeros trail.
     */
    static String of(BigDecimal number) {
        if (number.signum() == 0) {
            return "0";
        }
        String digits = number.unscaledValue().abs().toString();
        long exponent = (long) digits.length() - number.scale();
        if (exponent != (int) exponent) {
            throw new StorageException.TooLarge("a number's exponent is out of range");
        }
        int significant = digits.length();
        while (digits.charAt(significant - 1) == '0') {
            significant--;
        }
        String magnitude = exponent((int) exponent) + digits.substring(0, significant);
        return number.signum() > 0
                ? "1" + magnitude
                : "-" + complement(magnitude) + END_OF_NEGATIVE;
    }

    private static String exponent(int exponent) {
        if (Math.abs((long) exponent) <= SHORT_EXPONENT) {
            return String.valueOf(exponent + SHORT_BIAS);
        }
        return (exponent < 0 ? "05" : "95") + (exponent + LONG_BIAS);
    }

    private static String complement(String digits) {
        var complement = new StringBuilder(digits.length());
        for (int i = 0; i < digits.length(); i++) {
            complement.append((char) ('0' + '9' - digits.charAt(i)));
        }
        return complement.toString();
    }

    /**
     * An instant: its digits from year to second, and a fraction of nine digits unless it is zero.
     * Years beyond 0 to 9999 have a mark in front, and seconds.
     */
    static String of(Instant instant) {
        long seconds = instant.getEpochSecond();
        String fraction = instant.getNano() == 0 ? "" : "." + padded(instant.getNano(), 9);
        if (seconds < FIRST_SECOND || seconds >= END_SECOND) {
            char mark = seconds < FIRST_SECOND ? FAR_BEFORE : FAR_BEHIND;
            return mark + padded(seconds + FAR_BIAS, 18) + fraction;
        }
        var time = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
        long day = (time.getYear() * 100L + time.getMonthValue()) * 100 + time.getDayOfMonth();
        long ofDay = (time.getHour() * 100L + time.getMinute()) * 100 + time.getSecond();
        return padded(day, 8) + padded(ofDay, 6) + fraction;
    }

    private static String padded(long number, int length) {
        String digits = Long.toString(number);
        return "0".repeat(length - digits.length()) + digits;
    }
}
