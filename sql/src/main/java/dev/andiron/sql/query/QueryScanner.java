package dev.andiron.sql.query;

import dev.andiron.spi.StorageException;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Takes the statement of a user apart before a database sees it, and sees to it that it is one
 * statement that reads. The database alone parses it: whatever that might read differently from
 * here is refused. What differs between databases is for each one's own scanner. For one statement
 * and one thread.
 */
public abstract class QueryScanner {
    private static final int LONGEST = 100_000;
    private static final Set<String> BEGINNINGS = Set.of("select", "with", "values");

    private final String sql;
    private int at;

    /**
     * @throws StorageException.Unprocessable if it is too long
     */
    protected QueryScanner(String sql) {
        if (sql.length() > LONGEST) {
            throw refused("the statement is longer than %d characters".formatted(LONGEST));
        }
        this.sql = sql;
    }

    protected static StorageException.Unprocessable refused(String message) {
        return new StorageException.Unprocessable(message);
    }

    /**
     * Takes it apart.
     *
     * @throws StorageException.Unprocessable if it is none that may run
     */
    public final QueryText scan() {
        var words = new ArrayList<Word>();
        for (skip(); at < sql.length(); skip()) {
            words.add(word(at, sql.charAt(at)));
        }
        while (!words.isEmpty() && words.getLast().is(";")) {
            words.removeLast();
        }
        checkAll(words);
        return new QueryText(sql, words);
    }

    private void checkAll(List<Word> words) {
        if (words.isEmpty()) {
            throw refused("there is no statement");
        }
        Word first = words.getFirst();
        if (first.kind() != Word.Kind.NAME || !BEGINNINGS.contains(first.value())) {
            throw refused("a query starts with SELECT, WITH or VALUES");
        }
        int depth = 0;
        for (Word word : words) {
            depth += word.is("(") ? 1 : word.is(")") ? -1 : 0;
            if (depth < 0) {
                throw refused("a parenthesis closes that was not opened");
            }
            if (word.is(";")) {
                throw refused("there is more than one statement");
            }
            check(word, depth);
        }
        if (depth > 0) {
            throw refused("a parenthesis is not closed");
        }
    }

    /**
     * Refuses a word that may not stand in a query.
     *
     * @param depth how many parentheses it stands in
     */
    protected abstract void check(Word word, int depth);

    /** Whether a comment behind two dashes ends in front of it. */
    protected abstract boolean endsLine(char c);

    /** Refuses a comment that the database might end elsewhere. */
    protected abstract void checkComment(String comment);

    /**
     * Reads a word.
     *
     * @param start where it begins, behind blanks and comments
     * @param c its first character
     */
    protected abstract Word word(int start, char c);

    private void skip() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                at++;
            } else if (startsWith("--")) {
                while (at < sql.length() && !endsLine(sql.charAt(at))) {
                    at++;
                }
            } else if (startsWith("/*")) {
                int end = sql.indexOf("*/", at + 2);
                if (end < 0) {
                    throw refused("a comment is not closed");
                }
                checkComment(sql.substring(at + 2, end + 1));
                at = end + 2;
            } else {
                return;
            }
        }
    }

    /** Whether something stands next. */
    protected final boolean startsWith(String text) {
        return sql.startsWith(text, at);
    }

    /** A character at or beside the next one; 0 outside of the statement. */
    protected final char near(int distance) {
        int place = at + distance;
        return place < 0 || place >= sql.length() ? '\0' : sql.charAt(place);
    }

    /** Takes so many characters as a symbol. */
    protected final Word symbol(int start, int length) {
        at = start + length;
        return new Word(Word.Kind.SYMBOL, sql.substring(start, at), start, at);
    }

    /** Takes a name without quotes, a keyword or a number. */
    protected final Word name(int start) {
        String name = nameParts();
        return new Word(Word.Kind.NAME, name.toLowerCase(Locale.ROOT), start, at);
    }

    /** Takes a colon and the name behind it, which may be empty. */
    protected final Word parameter(int start) {
        at++;
        String name = nameParts();
        return new Word(Word.Kind.PARAMETER, name, start, at);
    }

    /** Whether names without quotes may have it: whatever is no ASCII sign or blank. */
    protected static boolean isNamePart(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '_'
                || c >= 0x80;
    }

    private String nameParts() {
        int start = at;
        while (at < sql.length() && isNamePart(sql.charAt(at))) {
            at++;
        }
        return sql.substring(start, at);
    }

    /** Takes what stands between two of the character that is next; doubled, it stands for one. */
    protected final Word quoted(Word.Kind kind, int start) {
        char quote = sql.charAt(at);
        at++;
        while (at < sql.length() && sql.charAt(at) != '\0') {
            if (sql.charAt(at) != quote) {
                at++;
            } else if (near(1) == quote) {
                at += 2;
            } else {
                at++;
                String one = String.valueOf(quote);
                String value = sql.substring(start + 1, at - 1).replace(one + one, one);
                return new Word(kind, value, start, at);
            }
        }
        throw refused("a quote is not closed");
    }

    /** Takes what stands between the next character and the first one that closes it. */
    protected final Word enclosed(Word.Kind kind, int start, char close) {
        int end = sql.indexOf(close, at);
        String value = end < 0 ? "" : sql.substring(at + 1, end);
        if (end < 0 || value.indexOf('\0') >= 0) {
            throw refused("a bracket is not closed");
        }
        at = end + 1;
        return new Word(kind, value, start, at);
    }
}
