package dev.andiron.sqlite;

import dev.andiron.sql.query.QueryScanner;
import dev.andiron.sql.query.QueryText;
import dev.andiron.sql.query.Word;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Takes statements apart as SQLite does, and sees to it that they name no table of its own. Quoted
 * words are in lower case too, since SQLite's names are the same in any.
 */
final class SqliteQueryScanner extends QueryScanner {
    private static final Set<String> WRITES = Set.of("insert", "update", "delete");

    /** Behind these a text in single quotes may be a name of a table. */
    private static final Set<String> BEFORE_TABLES = Set.of("from", "join", ",", ".");

    SqliteQueryScanner(String sql) {
        super(sql);
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(sql)) {
            throw refused("the statement is no valid Unicode");
        }
    }

    @Override
    protected void check(Word word, int depth) {
        if (depth == 0 && word.kind() == Word.Kind.NAME && WRITES.contains(word.value())) {
            throw refused("a query only reads; this one would " + word.value());
        }
        boolean isUnquoted = word.kind() == Word.Kind.NAME || word.kind() == Word.Kind.PARAMETER;
        if (isUnquoted && word.value().indexOf('\uFEFF') >= 0) {
            throw refused("a byte order mark stands in the statement");
        }
    }

    @Override
    protected boolean endsLine(char c) {
        return c == '\n';
    }

    /** SQLite's comments end where the first one does. */
    @Override
    protected void checkComment(String comment) {}

    @Override
    protected Word word(int start, char c) {
        return switch (c) {
            case '\'' -> folded(quoted(Word.Kind.TEXT, start));
            case '"', '`' -> folded(quoted(Word.Kind.QUOTED_NAME, start));
            case '[' -> folded(enclosed(Word.Kind.QUOTED_NAME, start, ']'));
            case ':' -> {
                Word parameter = parameter(start);
                if (parameter.value().isEmpty()) {
                    throw refused("a colon has no name of a parameter behind it");
                }
                yield parameter;
            }
            case '?', '@', '$', '#' ->
                    throw refused("'%s' is not possible; parameters are :name".formatted(c));
            default -> {
                if (isNamePart(c)) {
                    yield name(start);
                }
                if (c <= ' ' || c == '\\' || c == '{' || c == '}' || c == ']' || c == '^') {
                    throw refused("the character '%s' has no meaning here".formatted(shown(c)));
                }
                yield symbol(start, 1);
            }
        };
    }

    private static Word folded(Word word) {
        return new Word(
                word.kind(), word.value().toLowerCase(Locale.ROOT), word.start(), word.end());
    }

    private static String shown(char c) {
        return c < ' ' ? "U+%04X".formatted((int) c) : String.valueOf(c);
    }

    /** Whether a word may be a name: SQLite takes texts for names where those are missing. */
    static boolean mayBeName(Word word) {
        return word.isName() || word.kind() == Word.Kind.TEXT;
    }

    /**
     * Refuses names of tables.
     *
     * @param modules the names of SQLite's own tables, in lower case
     */
    static void refuseSystemTables(QueryText query, Set<String> modules) {
        List<Word> words = query.words();
        for (int i = 0; i < words.size(); i++) {
            Word word = words.get(i);
            boolean mayBeTable =
                    word.isName()
                            || word.kind() == Word.Kind.TEXT
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
}
