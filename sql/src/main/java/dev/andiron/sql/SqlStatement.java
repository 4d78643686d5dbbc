package dev.andiron.sql;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A statement and the values of its bind variables, in order.
 *
 * @param text SQL with a {@code ?} for each value
 * @param values each a {@link Long}, {@link Double}, {@link java.math.BigDecimal}, {@link String},
 *     {@code byte[]} or null
 */
public record SqlStatement(String text, List<Object> values) {
    public SqlStatement {
        values = Collections.unmodifiableList(new ArrayList<>(values));
    }
}
