package dev.andiron.postgres;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;
import dev.andiron.sql.query.BoundedRows;

import org.postgresql.PGResultSetMetaData;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The rows of a query over its own tables, which are gone with them. */
final class PostgresQueryRows extends BoundedRows {
    private static final int FETCH = 100;

    /** "A statement was cancelled", by its timeout. */
    private static final String CANCELLED = "57014";

    private final PostgresQueryEngine.Resources resources;
    private final List<ResultColumn> columns = new ArrayList<>();
    private final List<Integer> sqlTypes = new ArrayList<>();

    /**
     * Takes over a prepared statement.
     *
     * @param tables the columns of the tables that it may name
     */
    PostgresQueryRows(
            PostgresQueryEngine.Resources resources,
            PreparedStatement statement,
            Map<String, List<Column>> tables,
            long rowLimit)
            throws SQLException {
        super(statement, FETCH, rowLimit);
        this.resources = resources;
        ResultSetMetaData described = statement.getMetaData();
        if (described == null || described.getColumnCount() == 0) {
            throw new StorageException.Unprocessable("the statement gives no rows");
        }
        var bases = described.unwrap(PGResultSetMetaData.class);
        for (int i = 1; i <= described.getColumnCount(); i++) {
            int sqlType = described.getColumnType(i);
            String table = bases.getBaseTableName(i);
            String column = bases.getBaseColumnName(i);
            ValueType type =
                    tables.getOrDefault(table, List.of()).stream()
                            .filter(each -> each.name().equals(column))
                            .findFirst()
                            .filter(each -> !each.collection() && each.type().isPrimitive())
                            .map(Column::type)
                            .orElseGet(() -> computed(sqlType));
            columns.add(new ResultColumn(described.getColumnLabel(i), type));
            sqlTypes.add(sqlType);
        }
    }

    private static ValueType computed(int sqlType) {
        return switch (sqlType) {
            case Types.BIT, Types.BOOLEAN -> ValueType.BOOLEAN;
            case Types.SMALLINT, Types.INTEGER, Types.BIGINT -> ValueType.INTEGER;
            case Types.NUMERIC, Types.DECIMAL, Types.REAL, Types.FLOAT, Types.DOUBLE ->
                    ValueType.DECIMAL;
            default -> ValueType.STRING;
        };
    }

    @Override
    protected boolean isTimeUp() {
        return resources.left() == 0;
    }

    @Override
    protected boolean isTimeUp(SQLException failure) {
        return CANCELLED.equals(failure.getSQLState());
    }

    @Override
    protected StorageException refusal(SQLException failure) {
        return PostgresQueryEngine.refusal(failure);
    }

    @Override
    protected Row row(ResultSet found) throws SQLException {
        var values = new ArrayList<Value>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            values.add(value(found, i));
        }
        return new Row(values);
    }

    private Value value(ResultSet found, int index) throws SQLException {
        String text = found.getString(index + 1);
        if (text == null) {
            return Value.Absent.ABSENT;
        }
        return switch (sqlTypes.get(index)) {
            // A varying number of bits is no truth.
            case Types.BIT, Types.BOOLEAN ->
                    switch (text) {
                        case "t", "true" -> Value.Truth.TRUE;
                        case "f", "false" -> Value.Truth.FALSE;
                        default -> new Value.Text(text);
                    };
            case Types.SMALLINT, Types.INTEGER, Types.BIGINT ->
                    new Value.Whole(Long.parseLong(text));
            case Types.NUMERIC, Types.DECIMAL, Types.REAL, Types.FLOAT, Types.DOUBLE ->
                    decimal(text, index);
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY ->
                    throw new StorageException.Unprocessable(
                            "the column '%s' gives bytes; a text is needed"
                                    .formatted(columns.get(index).name()));
            default -> new Value.Text(text);
        };
    }

    private Value decimal(String text, int index) {
        try {
            return new Value.Decimal(new BigDecimal(text));
        } catch (NumberFormatException infinite) {
            throw new StorageException.Unprocessable(
                    "the column '%s' has a number out of range: %s"
                            .formatted(columns.get(index).name(), text));
        }
    }

    @Override
    public List<ResultColumn> columns() {
        return List.copyOf(columns);
    }

    @Override
    public void close() {
        super.close();
        resources.close();
    }
}
