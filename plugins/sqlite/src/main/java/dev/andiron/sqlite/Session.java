package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.sql.GreatCircle;
import dev.andiron.sql.SqlStatement;

import org.sqlite.Function;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteDataSource;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A connection with the statements that it has prepared before and the state to decompress bodies.
 * Used by one thread at a time.
 */
final class Session implements AutoCloseable {
    /** A function of SQL: the distance between two points, each latitude and longitude. */
    static final String METERS = "andiron_meters";

    /** The code of an id. */
    static final String ID_CODE = "andiron_id_code";

    /** The id that a code stands for. */
    static final String ID = "andiron_id";

    private static final int STATEMENTS = 256;

    /** How many steps of SQLite's machine lie between two looks at the clock: about 1 ms. */
    private static final int STEPS = 50_000;

    private final Connection connection;
    private final BodyCodec.Reader bodies;
    private final Map<String, PreparedStatement> prepared = new LinkedHashMap<>(64, 0.75f, true);
    private long deadline = Long.MAX_VALUE;
    private ViewFunctions viewFunctions;

    /** So that distances are to the last bit what everybody else computes. */
    private static final class Meters extends Function {
        @Override
        protected void xFunc() throws SQLException {
            result(
                    GreatCircle.meters(
                            value_double(0), value_double(1), value_double(2), value_double(3)));
        }
    }

    private static final class Code extends Function {
        @Override
        protected void xFunc() throws SQLException {
            result(IdCode.encode(value_text(0)));
        }
    }

    private static final class Id extends Function {
        @Override
        protected void xFunc() throws SQLException {
            try {
                result(IdCode.decode(value_blob(0)));
            } catch (StorageException e) {
                error(e.getMessage());
            }
        }
    }

    /** Reads one row. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    Session(SQLiteDataSource source, BodyCodec codec) throws SQLException {
        connection = source.getConnection();
        bodies = codec.reader();
        Function.create(connection, METERS, new Meters(), 4, Function.FLAG_DETERMINISTIC);
        addIdFunctions(connection);
        ProgressHandler.setHandler(
                connection,
                STEPS,
                new ProgressHandler() {
                    @Override
                    protected int progress() {
                        return System.nanoTime() > deadline ? 1 : 0;
                    }
                });
    }

    static void addIdFunctions(Connection connection) throws SQLException {
        Function.create(connection, ID_CODE, new Code(), 1, Function.FLAG_DETERMINISTIC);
        Function.create(connection, ID, new Id(), 1, Function.FLAG_DETERMINISTIC);
    }

    /** Stops statements that are still running at a time of {@link System#nanoTime()}. */
    void deadline(long nanoTime) {
        deadline = nanoTime;
    }

    BodyCodec.Reader bodies() {
        return bodies;
    }

    /** The functions of views, made when they are first needed. */
    ViewFunctions viewFunctions() throws SQLException {
        if (viewFunctions == null) {
            viewFunctions = new ViewFunctions(connection, bodies);
        }
        return viewFunctions;
    }

    /** A statement, kept for the next time. Valid until the next call. */
    PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
            if (prepared.size() > STATEMENTS) {
                var eldest = prepared.entrySet().iterator();
                eldest.next().getValue().close();
                eldest.remove();
            }
        }
        return statement;
    }

    /**
     * Lets go of all kept statements. After most errors the driver has closed the statement that
     * met them, and it would fail for ever.
     */
    void forgetStatements() throws SQLException {
        for (PreparedStatement statement : prepared.values()) {
            statement.close();
        }
        prepared.clear();
    }

    PreparedStatement bind(String sql, List<?> values) throws SQLException {
        PreparedStatement statement = prepare(sql);
        for (int i = 0; i < values.size(); i++) {
            bind(statement, i + 1, values.get(i));
        }
        return statement;
    }

    /** Binds a value of any of the types that SQLite keeps. */
    static void bind(PreparedStatement statement, int index, Object value) throws SQLException {
        switch (value) {
            case null -> statement.setNull(index, java.sql.Types.NULL);
            case Long number -> statement.setLong(index, number);
            case Integer number -> statement.setLong(index, number);
            case Double number -> statement.setDouble(index, number);
            case String text -> statement.setString(index, text);
            case byte[] data -> statement.setBytes(index, data);
            default -> throw new IllegalArgumentException("cannot bind " + value.getClass());
        }
    }

    <T> List<T> list(SqlStatement sql, Row<T> row) throws SQLException {
        try (ResultSet rows = bind(sql.text(), sql.values()).executeQuery()) {
            var list = new ArrayList<T>();
            while (rows.next()) {
                list.add(row.read(rows));
            }
            return list;
        }
    }

    <T> List<T> list(Row<T> row, String sql, Object... values) throws SQLException {
        return list(new SqlStatement(sql, List.of(values)), row);
    }

    <T> Optional<T> first(Row<T> row, String sql, Object... values) throws SQLException {
        return first(new SqlStatement(sql, List.of(values)), row);
    }

    <T> Optional<T> first(SqlStatement sql, Row<T> row) throws SQLException {
        try (ResultSet rows = bind(sql.text(), sql.values()).executeQuery()) {
            return rows.next() ? Optional.of(row.read(rows)) : Optional.empty();
        }
    }

    /** The number in the first column of the first row, unless it is null. */
    OptionalLong number(String sql, Object... values) throws SQLException {
        return number(new SqlStatement(sql, List.of(values)));
    }

    OptionalLong number(SqlStatement sql) throws SQLException {
        try (ResultSet rows = bind(sql.text(), sql.values()).executeQuery()) {
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
        return bind(sql.text(), sql.values()).executeUpdate();
    }

    /** Runs the statements of a script, which end in semicolons at the ends of lines. */
    void runScript(String script) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.executeUpdate(script);
        }
    }

    /** Runs one statement that is not worth keeping, such as a pragma. */
    void run(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Reads in a transaction, so that all is of one moment. */
    <T> T inTransaction(ReadPool.Work<T> work) throws SQLException {
        run("BEGIN");
        try {
            T result = work.run(this);
            run("COMMIT");
            return result;
        } catch (SQLException | RuntimeException e) {
            forgetStatements();
            run("ROLLBACK");
            throw e;
        }
    }

    @Override
    public void close() throws SQLException {
        bodies.close();
        try (connection) {
            forgetStatements();
        }
    }
}
