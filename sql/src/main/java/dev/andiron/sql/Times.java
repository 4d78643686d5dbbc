package dev.andiron.sql;

import java.time.Instant;

/**
 * Instants as whole microseconds of the epoch, from 290,000 years before it to as long behind.
 * Finer ones are rounded outwards; what lies beyond is the least or the greatest number, as {@link
 * Instant#MIN} and {@link Instant#MAX} are.
 */
public final class Times {
    private static final long SECONDS = Long.MAX_VALUE / 1_000_000 - 1;

    private Times() {}

    /** The microsecond that the instant lies in. */
    public static long microsDown(Instant instant) {
        long seconds = instant.getEpochSecond();
        if (seconds > SECONDS) {
            return Long.MAX_VALUE;
        }
        return seconds < -SECONDS
                ? Long.MIN_VALUE
                : seconds * 1_000_000 + instant.getNano() / 1_000;
    }

    /** The first microsecond that is not before the instant. */
    public static long microsUp(Instant instant) {
        long down = microsDown(instant);
        return instant.getNano() % 1_000 == 0 || down == Long.MAX_VALUE || down == Long.MIN_VALUE
                ? down
                : down + 1;
    }

    /** The millisecond that the instant lies in. */
    public static long millisDown(Instant instant) {
        return Math.floorDiv(microsDown(instant), 1_000L);
    }

    /** The first millisecond that is not before the instant. */
    public static long millisUp(Instant instant) {
        return Math.ceilDiv(microsUp(instant), 1_000L);
    }
}
