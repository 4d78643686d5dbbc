package dev.andiron.sqlite;

import dev.andiron.sql.Dialect;
import dev.andiron.sql.OrderedDecimal;

import java.math.BigDecimal;

/** SQLite's own SQL. */
final class SqliteDialect implements Dialect {
    /** SQLite's SQLITE_MAX_VARIABLE_NUMBER. */
    private static final int BIND_LIMIT = 32_766;

    @Override
    public String contains(String column) {
        return "instr(" + column + ", ?) > 0";
    }

    @Override
    public Object decimal(BigDecimal value) {
        return OrderedDecimal.encode(value);
    }

    @Override
    public String withoutIndex(String column) {
        return "+" + column;
    }

    @Override
    public int bindLimit() {
        return BIND_LIMIT;
    }
}
