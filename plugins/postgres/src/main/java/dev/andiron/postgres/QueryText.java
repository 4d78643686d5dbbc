package dev.andiron.postgres;

import dev.andiron.spi.StorageException;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The statement of a user, looked at word by word before PostgreSQL sees it: that it is one
 * statement that reads, names nothing of the system and calls no function that it should not, and
 * where its parameters stand. PostgreSQL alone parses it; whatever it might read differently from
 * here is refused.
 */
final class QueryText {
    private static final int LONGEST = 100_000;
    private static final Set<String> BEGINNINGS = Set.of("select", "with", "values");

    /** Words that nothing but statements that change something need without quotes. */
    private static final Set<String> WRITES =
            Set.of("insert", "update", "delete", "merge", "into", "truncate", "share");

    /** Words that tell of the server without being called. */
    private static final Set<String> SYSTEM =
            Set.of(
                    "current_catalog",
                    "current_role",
                    "current_schema",
                    "current_user",
                    "information_schema",
                    "session_user",
                    "system_user",
                    "user");

    /** Types that look up what the system has; xml takes time that grows with its square. */
    private static final Pattern SYSTEM_NAME =
            Pattern.compile(
                    "pg_.*|xml.*|reg(class|collation|config|dictionary|namespace|oper|operator|proc"
                            + "|procedure|role|type)");

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
     * @param value without quotes; in lower case unless it was quoted
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
        this.sql = sql;
        for (skip(); at < sql.length(); skip()) {
            words.add(word());
        }
        while (!words.isEmpty() && words.getLast().is(";")) {
            words.removeLast();
        }
        check();
    }

    private static StorageException.Unprocessable refused(String message) {
        return new StorageException.Unprocessable(message);
    }

    private void check() {
        if (words.isEmpty()) {
            throw refused("there is no statement");
        }
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
            if (word.is(";")) {
                throw refused("there is more than one statement");
            }
            checkName(word);
        }
        if (depth > 0) {
            throw refused("a parenthesis is not closed");
        }
    }

    private static void checkName(Word word) {
        if (word.kind() == Kind.NAME && WRITES.contains(word.value())) {
            throw refused(
                    "a query only reads; '%s' is possible as a name in quotes only"
                            .formatted(word.value()));
        }
        if (!word.isName()) {
            return;
        }
        String name = word.value().toLowerCase(Locale.ROOT);
        if (SYSTEM_NAME.matcher(name).matches()
                || name.equals("information_schema")
                || word.kind() == Kind.NAME && SYSTEM.contains(name)) {
            throw refused("'%s' is of the system, and out of reach".formatted(word.value()));
        }
    }

    // Words

    private void skip() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                at++;
            } else if (sql.startsWith("--", at)) {
                while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
                    at++;
                }
            } else if (sql.startsWith("/*", at)) {
                comment();
            } else {
                return;
            }
        }
    }

    private void comment() {
        int end = sql.indexOf("*/", at + 2);
        if (end < 0) {
            throw refused("a comment is not closed");
        }
        // PostgreSQL nests comments.
        if (sql.substring(at + 2, end + 1).contains("/*")) {
            throw refused("a comment stands in a comment");
        }
        at = end + 2;
    }

    private Word word() {
        int start = at;
        char c = sql.charAt(at);
        if (c == '\'') {
            requireApart();
            return new Word(Kind.TEXT, quoted('\''), start, at);
        }
        if (c == '"') {
            requireApart();
            return new Word(Kind.QUOTED_NAME, quoted('"'), start, at);
        }
        if (isNamePart(c)) {
            return new Word(Kind.NAME, name().toLowerCase(Locale.ROOT), start, at);
        }
        if (c == ':' && !sql.startsWith("::", at) && at + 1 < sql.length()) {
            at++;
            if (isNamePart(sql.charAt(at)) && !Character.isDigit(sql.charAt(at))) {
                return new Word(Kind.PARAMETER, name(), start, at);
            }
            return new Word(Kind.SYMBOL, ":", start, at);
        }
        if (sql.startsWith("::", at)) {
            at += 2;
            return new Word(Kind.SYMBOL, "::", start, at);
        }
        if (c <= ' ' || c == 0x7F || "?$\\{}`@#".indexOf(c) >= 0) {
            throw refused(
                    "the character '%s' is not possible here"
                            .formatted(c <= ' ' ? "U+%04X".formatted((int) c) : c));
        }
        at++;
        return new Word(Kind.SYMBOL, String.valueOf(c), start, at);
    }

    /** Behind a letter or an ampersand quotes have other rules: E'...', U&"...". */
    private void requireApart() {
        if (at > 0 && (isNamePart(sql.charAt(at - 1)) || sql.charAt(at - 1) == '&')) {
            throw refused("texts and names stand in plain quotes, with a space before them");
        }
    }

    private static boolean isNamePart(char c) {
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
                String twice = String.valueOf(quote).repeat(2);
                return sql.substring(start, at - 1).replace(twice, String.valueOf(quote));
            }
        }
        throw refused("a quote is not closed");
    }

    // Questions

    /**
     * Refuses calls of functions.
     *
     * @param refused their names
     */
    void refuseFunctions(Set<String> refused) {
        for (int i = 0; i + 1 < words.size(); i++) {
            Word word = words.get(i);
            if (word.isName() && words.get(i + 1).is("(") && refused.contains(word.value())) {
                throw refused("there is no function '%s'".formatted(word.value()));
            }
        }
    }

    /** All names that stand in it. */
    Set<String> names() {
        var names = new HashSet<String>();
        words.stream().filter(Word::isName).forEach(word -> names.add(word.value()));
        return names;
    }

    /** Its parameters, each once. */
    Set<String> parameters() {
        var names = new LinkedHashSet<String>();
        placed().forEach(names::add);
        return names;
    }

    /** Its parameters where they stand, some perhaps several times. */
    List<String> placed() {
        return words.stream()
                .filter(word -> word.kind() == Kind.PARAMETER)
                .map(Word::value)
                .toList();
    }

    /** The statement with question marks for its parameters. */
    String bound() {
        var text = new StringBuilder();
        int end = 0;
        for (Word word : words) {
            if (word.kind() == Kind.PARAMETER) {
                text.append(sql, end, word.start()).append('?');
                end = word.end();
            }
        }
        return text.append(sql, end, words.getLast().end()).toString();
    }
}
