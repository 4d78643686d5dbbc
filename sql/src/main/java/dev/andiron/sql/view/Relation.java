package dev.andiron.sql.view;

import dev.andiron.sql.Sql;

import java.util.List;
import java.util.Optional;

/**
 * The values of an expression as rows, in order.
 *
 * @param from what stands behind FROM; empty for one row
 * @param conditions what stands behind WHERE
 * @param value the value of a row: NULL for an element without a value
 * @param lateral whether {@code from} sees the tables before it only in the arguments of functions,
 *     so that it may follow other tables
 */
record Relation(Optional<Sql> from, List<Sql> conditions, Sql value, boolean lateral) {
    Relation {
        conditions = List.copyOf(conditions);
    }

    /** {@code SELECT value AS v FROM ... WHERE ...}. */
    Sql select() {
        return select(value.copy().add(" AS v"));
    }

    /** Selects something else of the same rows. */
    Sql select(Sql columns) {
        Sql sql = Sql.of("SELECT ").add(columns);
        from.ifPresent(tables -> sql.add(" FROM ").add(tables));
        if (!conditions.isEmpty()) {
            sql.add(" WHERE ").add(Sql.all(conditions));
        }
        return sql;
    }
}
