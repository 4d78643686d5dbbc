package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;
import dev.andiron.sql.query.BoundedRows;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of a query over its own database, which is closed with them. */
final class SqliteQueryRows extends BoundedRows {
    private final SqliteQueryEngine.Resources resources;
    private final List<String> names = new ArrayList<>();
    private final List<Optional<ValueType>> declared = new ArrayList<>();
    private final List<ResultColumn> columns = new ArrayList<>();

    /** Takes over a prepared statement. */
    SqliteQueryRows(
            SqliteQueryEngine.Resources resources, PreparedStatement statement, long rowLimit)
            throws SQLException {
        super(statement, MOST, rowLimit);
        this.resources = resources;
        ResultSetMetaData described = statement.getMetaData();
        for (int i = 1; i <= described.getColumnCount(); i++) {
            names.add(described.getColumnName(i));
            declared.add(QueryTypes.of(described.getColumnTypeName(i)));
        }
    }

    @Override
    public void begin() throws SQLException {
        super.begin();
        typeColumns();
    }

    @Override
    public void endInTime() {
        super.endInTime();
        typeColumns();
    }

    private void typeColumns() {
        for (int i = 0; i < names.size(); i++) {
            int column = i;
            columns.add(
                    new ResultColumn(
                            names.get(i),
                            declared.get(i).orElseGet(() -> QueryTypes.common(first(), column))));
        }
    }

    /** SQLite is interrupted when its time is up. */
    @Override
    protected boolean isTimeUp() {
        return false;
    }

    @Override
    protected boolean isTimeUp(SQLException failure) {
        return QueryDatabase.isInterrupt(failure);
    }

    @Override
    protected StorageException refusal(SQLException failure) {
        return QueryDatabase.refusal(failure);
    }

    @Override
    protected List<Row> more() {
        return resources.run(this::read);
    }

    @Override
    protected Row row(ResultSet found) throws SQLException {
        var values = new ArrayList<Value>(names.size());
        for (int i = 0; i < names.size(); i++) {
            values.add(QueryTypes.value(found.getObject(i + 1), declared.get(i), names.get(i)));
        }
        return new Row(values);
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
