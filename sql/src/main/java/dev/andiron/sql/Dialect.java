package dev.andiron.sql;

import java.math.BigDecimal;

/** Where databases differ. Implementations are stateless. */
public interface Dialect {

    /** A condition with one bind variable: the column's text contains it; case matters. */
    String contains(String column);

    /** The bind value of a decimal; the database compares such values as the numbers compare. */
    Object decimal(BigDecimal value);

    /**
     * The column as an expression that no index serves, for where the database would rather walk
     * through an index in its order than look up a few rows.
     */
    String withoutIndex(String column);

    /** How many bind variables a statement may have. */
    int bindLimit();
}
