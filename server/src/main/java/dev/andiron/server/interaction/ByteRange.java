package dev.andiron.server.interaction;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a body that the header field {@code Range} asks for, as RFC 9110 says. Several ranges
 * at once, and ranges in other units than bytes, are not understood: the whole body answers those.
 *
 * @param range the field
 * @param condition the field {@code If-Range}: the tag or time of the body that the range is of
 */
public record ByteRange(String range, Optional<String> condition) {
    private static final Pattern ONE =
            Pattern.compile("(?i:bytes)\\s*=\\s*([0-9]{0,18})\\s*-\\s*([0-9]{0,18})");

    /** What part of a body it is. */
    public sealed interface Part {}

    /**
     * A part.
     *
     * @param length at least 1
     */
    public record Some(long offset, long length) implements Part {}

    /** All of it. */
    public record All() implements Part {}

    /** A part that is not there. */
    public record None() implements Part {}

    /**
     * The part of a body.
     *
     * @param size how many bytes the body has
     * @param tag its strong entity tag
     */
    public Part of(long size, String tag) {
        Matcher one = ONE.matcher(range.strip());
        if (!one.matches() || condition.filter(known -> !known.strip().equals(tag)).isPresent()) {
            return new All();
        }
        String first = one.group(1);
        String last = one.group(2);
        if (first.isEmpty()) {
            return last.isEmpty() ? new All() : end(size, Long.parseLong(last));
        }
        long from = Long.parseLong(first);
        long to = last.isEmpty() ? Long.MAX_VALUE : Long.parseLong(last);
        if (to < from) {
            return new All();
        }
        return from < size ? new Some(from, Math.min(to, size - 1) - from + 1) : new None();
    }

    private static Part end(long size, long length) {
        long there = Math.min(length, size);
        return there > 0 ? new Some(size - there, there) : new None();
    }
}
