package dev.andiron.fhir.terminology;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A regular expression from a stored resource, which may not take more than a number of steps. */
final class BoundedPattern {
    private static final int LONGEST = 500;
    private static final int MOST_STEPS = 1_000_000;

    private final Pattern pattern;
    private int steps;

    BoundedPattern(String regex) throws TerminologyException {
        if (regex.length() > LONGEST) {
            throw new TerminologyException(
                    "a regular expression has more than " + LONGEST + " characters");
        }
        try {
            pattern = Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new TerminologyException(
                    "the regular expression '" + regex + "' cannot be read: " + e.getDescription());
        }
    }

    /** Whether the whole text matches. */
    boolean matches(String text) throws TerminologyException {
        try {
            return pattern.matcher(new Counted(text)).matches();
        } catch (TooManySteps | StackOverflowError e) {
            throw new TerminologyException(
                    "the regular expression '" + pattern + "' takes too long to evaluate");
        }
    }

    private static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooManySteps() {
            super(null, null, false, false);
        }
    }

    /** Counts how often the matcher looks at a character. */
    private final class Counted implements CharSequence {
        private final CharSequence text;

        Counted(CharSequence text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++steps > MOST_STEPS) {
                throw new TooManySteps();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(text.subSequence(start, end));
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
