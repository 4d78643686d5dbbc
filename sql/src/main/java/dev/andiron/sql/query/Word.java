package dev.andiron.sql.query;

/**
 * A word of a statement.
 *
 * @param value without quotes; a name without quotes is in lower case
 * @param start where it begins
 * @param end behind its last character
 */
public record Word(Kind kind, String value, int start, int end) {

    /** What a word is; keywords and numbers are names. */
    public enum Kind {
        NAME,
        QUOTED_NAME,
        TEXT,
        PARAMETER,
        SYMBOL
    }

    public boolean isName() {
        return kind == Kind.NAME || kind == Kind.QUOTED_NAME;
    }

    public boolean is(String symbol) {
        return kind == Kind.SYMBOL && value.equals(symbol);
    }
}
