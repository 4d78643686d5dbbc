package dev.andiron.sqlite;

import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.SqlRows;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of a query over its own database, which is closed with them. */
final class SqliteQueryRows implements SqlRows {
    private final SqliteQueryEngine.Resources resources;
    private final PreparedStatement statement;
    private final List<String> names = new ArrayList<>();
    private final List<Optional<ValueType>> declared = new ArrayList<>();
    private final List<ResultColumn> columns = new ArrayList<>();
    private List<Row> first = List.of();
    private long left;
    private Optional<ResultSet> rows = Optional.empty();
    private Optional<Bound> bound = Optional.empty();
    private boolean ended;

    /** Takes over a prepared statement. */
    SqliteQueryRows(
            SqliteQueryEngine.Resources resources, PreparedStatement statement, long rowLimit)
            throws SQLException {
        this.resources = resources;
        this.statement = statement;
        left = rowLimit;
        ResultSetMetaData described = statement.getMetaData();
        for (int i = 1; i <= described.getColumnCount(); i++) {
            names.add(described.getColumnName(i));
            declared.add(QueryTypes.of(described.getColumnTypeName(i)));
        }
    }

    /** Reads the first rows. */
    void begin() throws SQLException {
        try {
            rows = Optional.of(statement.executeQuery());
            first = read();
        } catch (SQLException e) {
            end(e);
        }
        typeColumns();
    }

    /** Ends before the first row: to make the tables took all the time. */
    void endInTime() {
        bound = Optional.of(Bound.TIME);
        ended = true;
        typeColumns();
    }

    private void typeColumns() {
        for (int i = 0; i < names.size(); i++) {
            int column = i;
            columns.add(
                    new ResultColumn(
                            names.get(i),
                            declared.get(i).orElseGet(() -> QueryTypes.common(first, column))));
        }
    }

    private List<Row> read() throws SQLException {
        var read = new ArrayList<Row>();
        try {
            while (!ended && read.size() < MOST) {
                if (!rows.orElseThrow().next()) {
                    ended = true;
                } else if (left == 0) {
                    bound = Optional.of(Bound.ROWS);
                    ended = true;
                } else {
                    read.add(row(rows.orElseThrow()));
                    left--;
                }
            }
        } catch (SQLException e) {
            end(e);
        }
        return read;
    }

    private void end(SQLException e) {
        ended = true;
        if (!QueryDatabase.isInterrupt(e)) {
            throw QueryDatabase.refusal(e);
        }
        bound = Optional.of(Bound.TIME);
    }

    private Row row(ResultSet found) throws SQLException {
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
    public Optional<Bound> bound() {
        return bound;
    }

    @Override
    public List<Row> next() {
        if (!first.isEmpty()) {
            List<Row> next = first;
            first = List.of();
            return next;
        }
        return ended ? List.of() : resources.run(this::read);
    }

    @Override
    public void close() {
        ended = true;
        first = List.of();
        resources.close();
    }
}
