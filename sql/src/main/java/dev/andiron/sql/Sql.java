package dev.andiron.sql;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A piece of SQL that grows together with the values of its bind variables. For one thread. */
public final class Sql {
    private static final String ALWAYS = "1 = 1";
    private static final String NEVER = "1 = 0";

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

    /** A condition that always holds. */
    public static Sql always() {
        return Sql.of(ALWAYS);
    }

    /** A condition that never holds. */
    public static Sql never() {
        return Sql.of(NEVER);
    }

    boolean isAlways() {
        return ALWAYS.contentEquals(text);
    }

    boolean isNever() {
        return NEVER.contentEquals(text);
    }

    /** All of them; conditions that always or never hold are worked in. */
    public static Sql all(List<Sql> conditions) {
        if (conditions.stream().anyMatch(Sql::isNever)) {
            return never();
        }
        List<Sql> left = conditions.stream().filter(each -> !each.isAlways()).toList();
        return left.isEmpty() ? always() : joined(left, " AND ");
    }

    /** Any of them; conditions that always or never hold are worked in. */
    public static Sql any(List<Sql> conditions) {
        if (conditions.stream().anyMatch(Sql::isAlways)) {
            return always();
        }
        List<Sql> left = conditions.stream().filter(each -> !each.isNever()).toList();
        return left.isEmpty() ? never() : joined(left, " OR ");
    }

    /** The opposite. */
    public static Sql not(Sql condition) {
        if (condition.isAlways()) {
            return never();
        }
        return condition.isNever() ? always() : Sql.of("NOT (").add(condition).add(")");
    }
}
