package dev.andiron.postgres;

import dev.andiron.sql.query.QueryScanner;
import dev.andiron.sql.query.Word;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Sees to it that a statement names nothing of the system, which a query's own tables are not. */
final class PostgresQueryScanner extends QueryScanner {

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

    PostgresQueryScanner(String sql) {
        super(sql);
    }

    @Override
    protected void check(Word word, int depth) {
        if (word.kind() == Word.Kind.NAME && WRITES.contains(word.value())) {
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
                || word.kind() == Word.Kind.NAME && SYSTEM.contains(name)) {
            throw refused("'%s' is of the system, and out of reach".formatted(word.value()));
        }
    }

    @Override
    protected boolean endsLine(char c) {
        return c == '\n' || c == '\r';
    }

    /** PostgreSQL nests comments. */
    @Override
    protected void checkComment(String comment) {
        if (comment.contains("/*")) {
            throw refused("a comment stands in a comment");
        }
    }

    @Override
    protected Word word(int start, char c) {
        if (c == '\'') {
            requireApart();
            return quoted(Word.Kind.TEXT, start);
        }
        if (c == '"') {
            requireApart();
            return quoted(Word.Kind.QUOTED_NAME, start);
        }
        if (isNamePart(c)) {
            return name(start);
        }
        if (startsWith("::")) {
            return symbol(start, 2);
        }
        if (c == ':' && isNamePart(near(1)) && !Character.isDigit(near(1))) {
            return parameter(start);
        }
        if (c <= ' ' || c == 0x7F || "?$\\{}`@#".indexOf(c) >= 0) {
            throw refused(
                    "the character '%s' is not possible here"
                            .formatted(c <= ' ' ? "U+%04X".formatted((int) c) : c));
        }
        return symbol(start, 1);
    }

    /** Behind a letter or an ampersand quotes have other rules: E'...', U&"...". */
    private void requireApart() {
        if (isNamePart(near(-1)) || near(-1) == '&') {
            throw refused("texts and names stand in plain quotes, with a space before them");
        }
    }
}
