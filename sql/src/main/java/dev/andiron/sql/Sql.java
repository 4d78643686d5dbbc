package dev.andiron.sql;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A piece of SQL that grows together with the values of its bind variables. For one thread. */
final class Sql {
    private final StringBuilder text = new StringBuilder();
    private final List<Object> values = new ArrayList<>();

    static Sql of(String text) {
        return new Sql().add(text);
    }

    Sql add(String more) {
        text.append(more);
        return this;
    }

    Sql add(Sql more) {
        text.append(more.text);
        values.addAll(more.values);
        return this;
    }

    Sql bind(Object value) {
        text.append('?');
        values.add(value);
        return this;
    }

    /** An expression with bind variables of its own. */
    Sql expression(String withVariables, Object... bound) {
        text.append(withVariables);
        values.addAll(List.of(bound));
        return this;
    }

    /** {@code (?, ?, ...)}. */
    Sql bindList(Collection<?> list) {
        String separator = "(";
        for (Object value : list) {
            add(separator).bind(value);
            separator = ", ";
        }
        return add(")");
    }

    /** {@code column = ?} or {@code column IN (?, ...)}. */
    Sql among(String column, Collection<?> list) {
        return list.size() == 1
                ? add(column).add(" = ").bind(list.iterator().next())
                : add(column).add(" IN ").bindList(list);
    }

    int bindCount() {
        return values.size();
    }

    SqlStatement statement() {
        return new SqlStatement(text.toString(), values);
    }

    /**
     * Joins conditions by AND or OR as a balanced tree, because databases bound the depth of an
     * expression.
     */
    static Sql joined(List<Sql> conditions, String operator) {
        if (conditions.size() == 1) {
            return conditions.getFirst();
        }
        int middle = conditions.size() / 2;
        return Sql.of("(")
                .add(joined(conditions.subList(0, middle), operator))
                .add(operator)
                .add(joined(conditions.subList(middle, conditions.size()), operator))
                .add(")");
    }

    static Sql all(List<Sql> conditions) {
        return conditions.isEmpty() ? Sql.of("1 = 1") : joined(conditions, " AND ");
    }

    static Sql any(List<Sql> conditions) {
        return conditions.isEmpty() ? Sql.of("1 = 0") : joined(conditions, " OR ");
    }
}
