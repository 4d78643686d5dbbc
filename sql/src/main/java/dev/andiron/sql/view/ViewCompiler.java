package dev.andiron.sql.view;

import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.View;
import dev.andiron.sql.Sql;
import dev.andiron.sql.SqlStatement;

import java.util.List;
import java.util.Optional;

/** Compiles a view to one statement. It has the state that its dialect has. */
public final class ViewCompiler {
    private static final int MOST_VALUES = 1_000;

    private final JsonDialect dialect;

    public ViewCompiler(JsonDialect dialect) {
        this.dialect = dialect;
    }

    /** Why a view cannot be compiled; empty when it can. */
    public Optional<String> refusal(View view) {
        try {
            Sql sql = compiled(view, Sql.of("(SELECT NULL AS id, NULL AS doc)"), "");
            return sql.bindCount() > MOST_VALUES
                    ? Optional.of("more than %d constants".formatted(MOST_VALUES))
                    : Optional.empty();
        } catch (RefusedException e) {
            return Optional.of(e.getMessage());
        }
    }

    /**
     * A statement whose first column is the id of the resource, followed by the columns of the
     * view.
     *
     * @param source a table with the columns {@code id} and {@code doc}, the document
     */
    public SqlStatement compile(View view, Sql source) {
        return compile(view, source, "");
    }

    /**
     * The conditions in their order: one that would fail is not asked where another is not true.
     */
    private static Optional<Sql> where(
            List<Expression> conditions, ExpressionCompiler expressions, Scope scope) {
        return conditions.stream()
                .map(condition -> expressions.single(condition, scope))
                .reduce(
                        (first, next) ->
                                Sql.of("CASE WHEN ")
                                        .add(first)
                                        .add(" THEN ")
                                        .add(next)
                                        .add(" ELSE false END"));
    }

    /**
     * The same with more columns of the source between the id and those of the view.
     *
     * @param more each with a comma before it, such as {@code , r.content}
     */
    public SqlStatement compile(View view, Sql source, String more) {
        return compiled(view, source, more).statement();
    }

    private Sql compiled(View view, Sql source, String more) {
        var expressions = new ExpressionCompiler(dialect);
        Sql document = Sql.of("r.doc");
        var scope = new Scope(document, document, Sql.of("1 = 1"), Sql.of("0"));
        var rows = new SelectionCompiler.Rows(source.copy().add(" r"));
        where(view.where(), expressions, scope).ifPresent(rows.conditions::add);
        new SelectionCompiler(dialect, expressions).add(view.root(), scope, rows);
        Sql sql = Sql.of("SELECT r.id").add(more);
        rows.columns.forEach(column -> sql.add(", ").add(column));
        sql.add(" FROM ").add(rows.from);
        if (!rows.conditions.isEmpty()) {
            sql.add(" WHERE ").add(Sql.all(rows.conditions));
        }
        return sql;
    }
}
