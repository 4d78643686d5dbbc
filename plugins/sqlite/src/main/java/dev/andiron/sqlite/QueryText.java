package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The statement of a user, looked at word by word before SQLite sees it: that it is one statement
 * that reads, calls no function and names no system table that it should not, and where its
 * parameters stand. SQLite alone parses it; whatever it might read differently from here is
 * refused.
 */
final class QueryText {
    private static final int LONGEST = 100_000;
    private static final Set<String> WRITES = Set.of("insert", "update", "delete");
    private static final Set<String> BEGINNINGS = Set.of("select", "with", "values");

    /** Behind these a text in single quotes may be a name of a table. */
    private static final Set<String> BEFORE_TABLES = Set.of("from", "join", ",", ".");

    private final String sql;
    private final List<Word> words = new ArrayList<>();
    private int at;

    private enum Kind {
        NAME,
        QUOTED_NAME,
        TEXT,
        PARAMETER,
        SYMBOL
    }

    /**
     * @param value without quotes, and in lower case, since SQLite's names are the same in any
     */
    private record Word(Kind kind, String value, int start, int end) {
        boolean isName() {
            return kind == Kind.NAME || kind == Kind.QUOTED_NAME;
        }

        boolean is(String symbol) {
            return kind == Kind.SYMBOL && value.equals(symbol);
        }
    }

    /**
     * Takes a statement apart.
     *
     * @throws StorageException.Unprocessable if it is none that may run
     */
    QueryText(String sql) {
        if (sql.length() > LONGEST) {
            throw refused("the statement is longer than %d characters".formatted(LONGEST));
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(sql)) {
            throw refused("the statement is no valid Unicode");
        }
        this.sql = sql;
        for (skip(); at < sql.length(); skip()) {
            words.add(word());
        }
        withoutLastSemicolon();
        checkKind();
    }

    private static StorageException.Unprocessable refused(String message) {
        return new StorageException.Unprocessable(message);
    }

    private void withoutLastSemicolon() {
        while (!words.isEmpty() && words.getLast().is(";")) {
            words.removeLast();
        }
        if (words.isEmpty()) {
            throw refused("there is no statement");
        }
        for (Word word : words) {
            if (word.is(";")) {
                throw refused("there is more than one statement");
            }
        }
    }

    private void checkKind() {
        Word first = words.getFirst();
        if (first.kind() != Kind.NAME || !BEGINNINGS.contains(first.value())) {
            throw refused("a query starts with SELECT, WITH or VALUES");
        }
        int depth = 0;
        for (Word word : words) {
            depth += word.is("(") ? 1 : word.is(")") ? -1 : 0;
            if (depth < 0) {
                throw refused("a parenthesis closes that was not opened");
            }
            if (depth == 0 && word.kind() == Kind.NAME && WRITES.contains(word.value())) {
                throw refused("a query only reads; this one would " + word.value());
            }
        }
    }

    // Words

    private void skip() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                at++;
            } else if (sql.startsWith("--", at)) {
                int end = sql.indexOf('\n', at);
                at = end < 0 ? sql.length() : end;
            } else if (sql.startsWith("/*", at)) {
                int end = sql.indexOf("*/", at + 2);
                if (end < 0) {
                    throw refused("a comment is not closed");
                }
                at = end + 2;
            } else {
                return;
            }
        }
    }

    private Word word() {
        int start = at;
        char c = sql.charAt(at);
        return switch (c) {
            case '\'' -> new Word(Kind.TEXT, quoted('\''), start, at);
            case '"', '`' -> new Word(Kind.QUOTED_NAME, quoted(c), start, at);
            case '[' -> new Word(Kind.QUOTED_NAME, bracketed(), start, at);
            case ':' -> {
                at++;
                String name = name();
                if (name.isEmpty()) {
                    throw refused("a colon has no name of a parameter behind it");
                }
                yield new Word(Kind.PARAMETER, name, start, at);
            }
            case '?', '@', '$', '#' ->
                    throw refused("'%s' is not possible; parameters are :name".formatted(c));
            default -> {
                if (isNamePart(c)) {
                    yield new Word(Kind.NAME, name().toLowerCase(Locale.ROOT), start, at);
                }
                if (c <= ' ' || c == '\\' || c == '{' || c == '}' || c == ']' || c == '^') {
                    throw refused("the character '%s' has no meaning here".formatted(shown(c)));
                }
                at++;
                yield new Word(Kind.SYMBOL, String.valueOf(c), start, at);
            }
        };
    }

    private static String shown(char c) {
        return c < ' ' ? "U+%04X".formatted((int) c) : String.valueOf(c);
    }

    private static boolean isNamePart(char c) {
        if (c == '\uFEFF') {
            throw refused("a byte order mark stands in the statement");
        }
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '_'
                || c >= 0x80;
    }

    /** A name, a keyword or a number. */
    private String name() {
        int start = at;
        while (at < sql.length() && isNamePart(sql.charAt(at))) {
            at++;
        }
        return sql.substring(start, at);
    }

    private String quoted(char quote) {
        int start = at + 1;
        for (at = start; at < sql.length(); at++) {
            char c = sql.charAt(at);
            if (c == '\0') {
                break;
            }
            if (c == quote) {
                if (at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
                    at++;
                    continue;
                }
                at++;
                return sql.substring(start, at - 1)
                        .replace(String.valueOf(quote).repeat(2), String.valueOf(quote))
                        .toLowerCase(Locale.ROOT);
            }
        }
        throw refused("a quote is not closed");
    }

    private String bracketed() {
        int end = sql.indexOf(']', at);
        String name = end < 0 ? "" : sql.substring(at + 1, end);
        if (end < 0 || name.indexOf('\0') >= 0) {
            throw refused("a bracket is not closed");
        }
        at = end + 1;
        return name.toLowerCase(Locale.ROOT);
    }

    // Questions

    /**
     * Refuses calls of functions.
     *
     * @param refused their names in lower case
     */
    void refuseFunctions(Set<String> refused) {
        for (int i = 0; i + 1 < words.size(); i++) {
            Word word = words.get(i);
            if (word.isName() && words.get(i + 1).is("(") && refused.contains(word.value())) {
                throw refused("there is no function '%s'".formatted(word.value()));
            }
        }
    }

    /**
     * Refuses names of tables.
     *
     * @param modules the names of SQLite's own tables, in lower case
     */
    void refuseSystemTables(Set<String> modules) {
        for (int i = 0; i < words.size(); i++) {
            Word word = words.get(i);
            boolean mayBeTable =
                    word.isName()
                            || word.kind() == Kind.TEXT
                                    && i > 0
                                    && BEFORE_TABLES.contains(words.get(i - 1).value());
            if (mayBeTable
                    && (word.value().startsWith("sqlite_")
                            || word.value().startsWith("pragma_")
                            || modules.contains(word.value()))) {
                throw refused("there is no table '%s'".formatted(word.value()));
            }
        }
    }

    /** All names that stand in it, in lower case, and texts, which may be names. */
    Set<String> names() {
        var names = new HashSet<String>();
        for (Word word : words) {
            if (word.isName() || word.kind() == Kind.TEXT) {
                names.add(word.value());
            }
        }
        return names;
    }

    /** Its parameters, in the order of their numbers. */
    List<String> parameters() {
        var names = new LinkedHashSet<String>();
        for (Word word : words) {
            if (word.kind() == Kind.PARAMETER) {
                names.add(word.value());
            }
        }
        return List.copyOf(names);
    }

    /** The statement with numbers for its parameters. */
    String numbered() {
        List<String> parameters = parameters();
        var text = new StringBuilder();
        int end = 0;
        for (Word word : words) {
            if (word.kind() == Kind.PARAMETER) {
                text.append(sql, end, word.start()).append('?');
                text.append(parameters.indexOf(word.value()) + 1);
                end = word.end();
            }
        }
        return text.append(sql, end, words.getLast().end()).toString();
    }
}
