package dev.andiron.spi.view;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * An SQL query over named views.
 *
 * @param sql one statement that only reads, in the backend's dialect; it names the tables and, as
 *     {@code :name}, the parameters, and may end in a semicolon
 * @param tables the views by the names that they have in the statement; each is visible as a table
 *     of that name, and no other table is. All see the data as of one moment. Names are letters,
 *     digits and underscores, a letter first, at most 63. The limits of the requests are empty. A
 *     boolean, a number and a text are what the database has for them (a decimal loses digits where
 *     it has no exact numbers), dates and times are texts as they stand in the resource, lists and
 *     structures are JSON texts
 * @param parameters values to bind by name; never {@link Value.Many} or {@link Value.Structure}
 * @param rowLimit after how many rows to end
 * @param timeLimit after what time to end, the making of the tables included
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
