package dev.andiron.sql.view;

import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.View;
import dev.andiron.sql.Sql;
import dev.andiron.sql.SqlStatement;

import java.util.Optional;

/** Compiles a view to one statement. Stateless. */
public final class ViewCompiler {
    private static final int MOST_VALUES = 1_000;

    private final JsonDialect dialect;

    public ViewCompiler(JsonDialect dialect) {
        this.dialect = dialect;
    }

    /** Why a view cannot be compiled; empty when it can. */
    public Optional<String> refusal(View view) {
        try {
            Sql sql = compiled(view, Sql.of("(SELECT NULL AS id, NULL AS doc)"));
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
        return compiled(view, source).statement();
    }

    private Sql compiled(View view, Sql source) {
        var expressions = new ExpressionCompiler(dialect);
        Sql document = Sql.of("r.doc");
        var scope = new Scope(document, document, Sql.of("1 = 1"), Sql.of("0"));
        var rows = new SelectionCompiler.Rows(source.copy().add(" r"));
        for (Expression condition : view.where()) {
            rows.conditions.add(expressions.single(condition, scope));
        }
        new SelectionCompiler(dialect, expressions).add(view.root(), scope, rows);
        Sql sql = Sql.of("SELECT r.id");
        rows.columns.forEach(column -> sql.add(", ").add(column));
        sql.add(" FROM ").add(rows.from);
        if (!rows.conditions.isEmpty()) {
            sql.add(" WHERE ").add(Sql.all(rows.conditions));
        }
        return sql;
    }
}
