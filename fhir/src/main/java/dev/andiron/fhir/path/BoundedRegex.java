package dev.andiron.fhir.path;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Regular expressions of strangers: a search that reads more characters than a sensible one would
 * is refused, since some patterns take exponential time.
 */
final class BoundedRegex {
    private static final int MAX_PATTERN = 2_000;
    private static final int MAX_READS = 5_000_000;

    // The pattern met last; nearly always a literal, and the only one.
    private volatile Pattern last = Pattern.compile("");

    private interface Search<T> {
        T in(Matcher matcher);
    }

    boolean find(String text, String regex) {
        return run(text, regex, Matcher::find);
    }

    boolean matches(String text, String regex) {
        return run(text, regex, Matcher::matches);
    }

    String replace(String text, String regex, String replacement) {
        return run(text, regex, matcher -> replaced(matcher, text, replacement));
    }

    private static String replaced(Matcher matcher, String text, String replacement) {
        var out = new StringBuilder();
        try {
            while (matcher.find()) {
                matcher.appendReplacement(out, replacement);
                PathFunctions.checkLength(out.length());
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new PathException(
                    "'" + replacement + "' is no replacement: " + e.getMessage(), e);
        }
        matcher.appendTail(out);
        return text.contentEquals(out) ? text : out.toString();
    }

    private <T> T run(String text, String regex, Search<T> search) {
        try {
            return search.in(pattern(regex).matcher(new Counted(text, new int[1], regex)));
        } catch (StackOverflowError e) {
            throw new PathException(
                    "the regular expression '" + regex + "' goes too deep on this text", e);
        }
    }

    private Pattern pattern(String regex) {
        Pattern known = last;
        if (known.pattern().equals(regex) && known.flags() == Pattern.DOTALL) {
            return known;
        }
        if (regex.length() > MAX_PATTERN) {
            throw new PathException(
                    "a regular expression has at most "
                            + MAX_PATTERN
                            + " characters, got "
                            + regex.length());
        }
        try {
            Pattern compiled = Pattern.compile(regex, Pattern.DOTALL);
            last = compiled;
            return compiled;
        } catch (PatternSyntaxException e) {
            throw new PathException("'" + regex + "' is no regular expression", e);
        }
    }

    /** A text that counts how often it is read. */
    private record Counted(String text, int[] reads, String regex) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++reads[0] > MAX_READS) {
                throw new PathException(
                        "the regular expression '" + regex + "' takes too long on this text");
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
