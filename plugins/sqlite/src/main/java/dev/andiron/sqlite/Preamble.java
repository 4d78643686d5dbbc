package dev.andiron.sqlite;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;

/**
 * How a stored resource usually begins: with its type, its id, and the version and time of {@code
 * meta}. All of it stands in columns beside the body as well, and ids and times are what compresses
 * worst; so a body that begins with just these bytes is kept without them.
 *
 * @param lastUpdated in milliseconds of the epoch
 */
record Preamble(String type, String id, long version, long lastUpdated) {
    /** The years that have four digits, 0000 to 9999, as milliseconds of the epoch. */
    private static final long FIRST = Instant.parse("0000-01-01T00:00:00Z").toEpochMilli();

    private static final long LAST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
    private static final int MILLIS_OF_SECOND = 1_000;

    /** The bytes; empty for a time that cannot be written so. */
    Optional<byte[]> bytes() {
        if (lastUpdated < FIRST || lastUpdated > LAST) {
            return Optional.empty();
        }
        var text = new StringBuilder(96 + type.length() + id.length());
        text.append("{\"resourceType\":\"").append(type);
        text.append("\",\"id\":\"").append(id);
        text.append("\",\"meta\":{\"versionId\":\"").append(version);
        text.append("\",\"lastUpdated\":\"");
        append(text);
        return Optional.of(text.append('"').toString().getBytes(StandardCharsets.UTF_8));
    }

    /** How many bytes of a body it takes; 0 if the body begins otherwise. */
    int lengthIn(byte[] body) {
        return bytes().filter(own -> own.length < body.length)
                .filter(own -> Arrays.equals(own, 0, own.length, body, 0, own.length))
                .map(own -> own.length)
                .orElse(0);
    }

    /** By hand, for it is written at each read. */
    private void append(StringBuilder text) {
        var time =
                Instant.ofEpochSecond(Math.floorDiv(lastUpdated, MILLIS_OF_SECOND))
                        .atOffset(ZoneOffset.UTC);
        digits(text, time.getYear(), 1_000);
        digits(text.append('-'), time.getMonthValue(), 10);
        digits(text.append('-'), time.getDayOfMonth(), 10);
        digits(text.append('T'), time.getHour(), 10);
        digits(text.append(':'), time.getMinute(), 10);
        digits(text.append(':'), time.getSecond(), 10);
        digits(text.append('.'), Math.floorMod(lastUpdated, MILLIS_OF_SECOND), 100);
        text.append('Z');
    }

    private static void digits(StringBuilder text, int number, int first) {
        for (int place = first; place > 0; place /= 10) {
            text.append((char) ('0' + number / place % 10));
        }
    }
}
