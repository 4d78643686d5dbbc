package dev.andiron.postgres;

import dev.andiron.sql.SqlStatement;

import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A connection that is lent for a while. Each statement is a transaction of its own unless one is
 * begun. Used by one thread at a time.
 */
final class Session {
    private final Connection connection;

    /** Reads one row. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    Session(Connection connection) {
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    PreparedStatement bind(String sql, List<?> values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < values.size(); i++) {
                bind(statement, i + 1, values.get(i));
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    /** For a statement whose plan depends on its values: planned anew each time. */
    PreparedStatement bindOnce(String sql, List<?> values) throws SQLException {
        PreparedStatement statement = bind(sql, values);
        statement.unwrap(PGStatement.class).setPrepareThreshold(0);
        return statement;
    }

    private void bind(PreparedStatement statement, int index, Object value) throws SQLException {
        switch (value) {
            case null -> statement.setNull(index, Types.NULL);
            case Long number -> statement.setLong(index, number);
            case Integer number -> statement.setInt(index, number);
            case String text -> statement.setString(index, Texts.storable(text));
            case byte[] data -> statement.setBytes(index, data);
            case Double number -> statement.setDouble(index, number);
            case BigDecimal number -> statement.setBigDecimal(index, number);
            case Short number -> statement.setShort(index, number);
            case Boolean truth -> statement.setBoolean(index, truth);
            case SqlArray array ->
                    statement.setArray(
                            index,
                            connection
                                    .unwrap(PGConnection.class)
                                    .createArrayOf(array.type(), array.elements()));
            default -> throw new IllegalArgumentException("cannot bind " + value.getClass());
        }
    }

    /**
     * An array to bind.
     *
     * @param elements an array of objects or of numbers
     */
    record SqlArray(String type, Object elements) {
        static SqlArray texts(List<String> texts) {
            return new SqlArray("text", texts.stream().map(Texts::storable).toArray(String[]::new));
        }
    }

    <T> List<T> list(SqlStatement sql, Row<T> row) throws SQLException {
        return list(row, sql.text(), sql.values());
    }

    <T> List<T> list(Row<T> row, String sql, Object... values) throws SQLException {
        return list(row, sql, List.of(values));
    }

    <T> List<T> list(Row<T> row, String sql, List<?> values) throws SQLException {
        try (var statement = bind(sql, values);
                ResultSet rows = statement.executeQuery()) {
            var list = new ArrayList<T>();
            while (rows.next()) {
                list.add(row.read(rows));
            }
            return list;
        }
    }

    <T> Optional<T> first(Row<T> row, String sql, Object... values) throws SQLException {
        return first(new SqlStatement(sql, List.of(values)), row);
    }

    <T> Optional<T> first(SqlStatement sql, Row<T> row) throws SQLException {
        try (var statement = bind(sql.text(), sql.values());
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(row.read(rows)) : Optional.empty();
        }
    }

    /** The number in the first column of the first row, unless it is null. */
    OptionalLong number(String sql, Object... values) throws SQLException {
        return number(new SqlStatement(sql, List.of(values)));
    }

    OptionalLong number(SqlStatement sql) throws SQLException {
        try (var statement = bind(sql.text(), sql.values());
                ResultSet rows = statement.executeQuery()) {
            if (!rows.next()) {
                return OptionalLong.empty();
            }
            long number = rows.getLong(1);
            return rows.wasNull() ? OptionalLong.empty() : OptionalLong.of(number);
        }
    }

    /** Runs a statement that gives no rows. */
    int update(String sql, Object... values) throws SQLException {
        return update(new SqlStatement(sql, List.of(values)));
    }

    int update(SqlStatement sql) throws SQLException {
        try (var statement = bind(sql.text(), sql.values())) {
            return statement.executeUpdate();
        }
    }

    /** Runs a script of statements without values. */
    void run(String script) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(script);
        }
    }

    void begin() throws SQLException {
        connection.setAutoCommit(false);
    }

    void commit() throws SQLException {
        connection.commit();
        connection.setAutoCommit(true);
    }

    /** Takes back what was begun; what is broken is left to the pool. */
    void rollback() {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            System.getLogger(Session.class.getName())
                    .log(System.Logger.Level.DEBUG, "a broken connection did not roll back", e);
        }
    }
}
