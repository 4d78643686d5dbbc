package dev.andiron.sql;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A piece of SQL that grows together with the values of its bind variables. For one thread. */
public final class Sql {
    private final StringBuilder text = new StringBuilder();
    private final List<Object> values = new ArrayList<>();

    public Sql() {}

    public static Sql of(String text) {
        return new Sql().add(text);
    }

    /** The same again, which may grow differently. */
    public Sql copy() {
        return new Sql().add(this);
    }

    public Sql add(String more) {
        text.append(more);
        return this;
    }

    public Sql add(Sql more) {
        text.append(more.text);
        values.addAll(more.values);
        return this;
    }

    public Sql bind(Object value) {
        text.append('?');
        values.add(value);
        return this;
    }

    /** An expression with bind variables of its own. */
    public Sql expression(String withVariables, Object... bound) {
        text.append(withVariables);
        values.addAll(List.of(bound));
        return this;
    }

    /** An expression with bind variables of its own, all of the one value. */
    Sql repeated(String withVariables, Object value) {
        text.append(withVariables);
        withVariables.chars().filter(c -> c == '?').forEach(_ -> values.add(value));
        return this;
    }

    /** {@code (?, ?, ...)}. */
    public Sql bindList(Collection<?> list) {
        String separator = "(";
        for (Object value : list) {
            add(separator).bind(value);
            separator = ", ";
        }
        return add(")");
    }

    /** {@code column = ?} or {@code column IN (?, ...)}. */
    public Sql among(String column, Collection<?> list) {
        return list.size() == 1
                ? add(column).add(" = ").bind(list.iterator().next())
                : add(column).add(" IN ").bindList(list);
    }

    public int bindCount() {
        return values.size();
    }

    public SqlStatement statement() {
        return new SqlStatement(text.toString(), values);
    }

    /**
     * Joins conditions by AND or OR as a balanced tree, because databases bound the depth of an
     * expression.
     */
    public static Sql joined(List<Sql> conditions, String operator) {
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

    public static Sql all(List<Sql> conditions) {
        return conditions.isEmpty() ? Sql.of("1 = 1") : joined(conditions, " AND ");
    }

    public static Sql any(List<Sql> conditions) {
        return conditions.isEmpty() ? Sql.of("1 = 0") : joined(conditions, " OR ");
    }
}
