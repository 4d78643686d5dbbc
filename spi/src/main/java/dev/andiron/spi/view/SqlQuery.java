package dev.andiron.spi.view;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * An SQL query over named views.
 *
 * @param sql one statement that only reads, in the backend's dialect, without a semicolon; it names
 *     the tables and, as {@code :name}, the parameters
 * @param tables the views by the names that they have in the statement; each is visible as a common
 *     table expression of that name, and no other table is. Names are letters, digits and
 *     underscores, a letter first. The limits of the requests are empty
 * @param parameters values to bind by name; never {@link Value.Many} or {@link Value.Structure}
 * @param rowLimit after how many rows to end
 * @param timeLimit after what time to end
 */
public record SqlQuery(
        String sql,
        Map<String, ViewRequest> tables,
        Map<String, Value> parameters,
        long rowLimit,
        Duration timeLimit) {
    public SqlQuery {
        Objects.requireNonNull(sql, "sql is null");
        Objects.requireNonNull(timeLimit, "timeLimit is null");
        tables = Map.copyOf(tables);
        parameters = Map.copyOf(parameters);
        if (rowLimit < 0 || timeLimit.isNegative()) {
            throw new IllegalArgumentException("limits are not negative");
        }
    }
}
