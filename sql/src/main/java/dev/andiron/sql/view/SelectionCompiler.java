package dev.andiron.sql.view;

import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.Iteration;
import dev.andiron.spi.view.Selection;
import dev.andiron.spi.view.ValueType;
import dev.andiron.sql.Sql;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Compiles selections: each iteration joins the elements that it goes over, and what is nested in
 * it starts from them. For one statement and one thread.
 */
final class SelectionCompiler {
    private static final String SEPARATOR = " CROSS JOIN ";

    private final JsonDialect dialect;
    private final ExpressionCompiler expressions;

    SelectionCompiler(JsonDialect dialect, ExpressionCompiler expressions) {
        this.dialect = dialect;
        this.expressions = expressions;
    }

    /** What a selection adds to a statement. */
    static final class Rows {
        final Sql from;
        final List<Sql> conditions = new ArrayList<>();
        final List<Sql> columns = new ArrayList<>();

        /**
         * @param from the table that comes first
         */
        Rows(Sql from) {
            this.from = from;
        }
    }

    void add(Selection selection, Scope scope, Rows rows) {
        Scope inner =
                selection
                        .iteration()
                        .map(over -> iterate(over, selection, scope, rows))
                        .orElse(scope);
        for (Column column : selection.columns()) {
            rows.columns.add(column(column, inner));
        }
        for (Selection nested : selection.selections()) {
            add(nested, inner, rows);
        }
        if (!selection.union().isEmpty()) {
            union(selection.union(), inner, rows);
        }
    }

    private Scope iterate(Iteration over, Selection selection, Scope scope, Rows rows) {
        return switch (over) {
            case Iteration.ForEach each when canFlatten(each, selection) ->
                    flattened(each, scope, rows);
            case Iteration.ForEach each ->
                    joined(
                            expressions.array(each.path(), scope),
                            each.path().type(),
                            each.keepsEmpty(),
                            scope,
                            rows);
            case Iteration.Repeat repeat -> {
                if (repeat.paths().isEmpty()) {
                    throw new RefusedException("repeat needs a path");
                }
                yield joined(
                        descendants(repeat.paths(), scope),
                        repeat.paths().getFirst().type(),
                        false,
                        scope,
                        rows);
            }
        };
    }

    /** Whether the tables of the path may be joined one by one, which saves making an array. */
    private static boolean canFlatten(Iteration.ForEach each, Selection selection) {
        return each.path().many()
                && !each.keepsEmpty()
                && !(each.path() instanceof Expression.Member member && !member.source().many())
                && !RowIndexUse.in(selection);
    }

    private Scope flattened(Iteration.ForEach each, Scope scope, Rows rows) {
        Relation relation = expressions.relation(each.path(), scope);
        if (!relation.lateral()) {
            return joined(
                    expressions.array(each.path(), scope), each.path().type(), false, scope, rows);
        }
        relation.from().ifPresent(tables -> rows.from.add(SEPARATOR).add(tables));
        rows.conditions.addAll(relation.conditions());
        return new Scope(scope.resource(), relation.value(), Sql.of("1 = 1"), Sql.of("0"));
    }

    private Scope joined(Sql array, ValueType type, boolean keepsEmpty, Scope scope, Rows rows) {
        String alias = expressions.alias();
        rows.from
                .add(keepsEmpty ? " LEFT JOIN " : SEPARATOR)
                .add(dialect.elements(array, alias))
                .add(keepsEmpty ? " ON 1 = 1" : "");
        String index = dialect.indexColumn(alias);
        return new Scope(
                scope.resource(),
                Sql.of(dialect.elementColumn(alias, type)),
                Sql.of(index + " IS NOT NULL"),
                Sql.of(keepsEmpty ? "coalesce(" + index + ", 0)" : index));
    }

    /**
     * All that the paths lead to, again and again, as an array. Each element carries the indices
     * that lead to it, as a text by which it sorts behind what it lies in.
     */
    private Sql descendants(List<Expression> paths, Scope scope) {
        String walk = expressions.alias();
        String first = expressions.alias();
        String next = expressions.alias();
        ValueType type = paths.getFirst().type();
        Scope below = scope.focused(Sql.of(walk + ".v"));
        return Sql.of("(WITH RECURSIVE " + walk + " (v, p) AS (SELECT ")
                .add(dialect.elementColumn(first, type))
                .add(", ")
                .add(dialect.sortable(dialect.indexColumn(first)))
                .add(" FROM ")
                .add(dialect.elements(all(paths, scope), first))
                .add(" UNION ALL SELECT ")
                .add(dialect.elementColumn(next, type))
                .add(", " + walk + ".p || ")
                .add(dialect.sortable(dialect.indexColumn(next)))
                .add(" FROM " + walk + SEPARATOR)
                .add(dialect.elements(all(paths, below), next))
                .add(") SELECT ")
                .add(dialect.aggregate("v"))
                .add(" FROM (SELECT v FROM " + walk + " ORDER BY p) d)");
    }

    private Sql all(List<Expression> paths, Scope scope) {
        return paths.size() == 1
                ? expressions.array(paths.getFirst(), scope)
                : expressions.array(new Expression.Union(paths, false), scope);
    }

    private Sql column(Column column, Scope scope) {
        boolean complex = !column.path().type().isPrimitive();
        if (!column.collection()) {
            Sql value = expressions.single(column.path(), scope);
            return complex ? dialect.jsonText(value) : value;
        }
        Sql values = expressions.relation(column.path(), scope).select();
        return Sql.of("(SELECT ")
                .add(dialect.lengthPrefixed("v"))
                .add(" FROM (SELECT ")
                .add(complex ? dialect.jsonText(Sql.of("v")) : Sql.of("v"))
                .add(" AS v FROM (")
                .add(values)
                .add(") d) d WHERE v IS NOT NULL)");
    }

    /** The rows of all branches, which are then one more iteration. */
    private void union(List<Selection> branches, Scope scope, Rows rows) {
        Sql all = new Sql();
        String separator = "";
        List<Column> columns = branches.getFirst().outputs();
        var names = IntStream.range(0, columns.size()).mapToObj(i -> "c" + i).toList();
        for (Selection branch : branches) {
            var own = new Rows(Sql.of("(SELECT 1) d"));
            add(branch, scope, own);
            all.add(separator).add("SELECT ");
            for (int i = 0; i < names.size(); i++) {
                all.add(i == 0 ? "" : ", ")
                        .add(dialect.branchColumn(own.columns.get(i), columns.get(i)))
                        .add(" AS " + names.get(i));
            }
            all.add(" FROM ").add(own.from);
            if (!own.conditions.isEmpty()) {
                all.add(" WHERE ").add(Sql.all(own.conditions));
            }
            separator = " UNION ALL ";
        }
        String alias = expressions.alias();
        rows.from.add(SEPARATOR).add(dialect.rows(all, names, alias));
        for (int i = 0; i < columns.size(); i++) {
            rows.columns.add(dialect.rowColumn(alias, names, i));
        }
    }
}
