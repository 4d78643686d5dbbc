package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;
import dev.andiron.sql.query.QueryText;
import dev.andiron.sql.view.ValueText;

import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteLimits;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * A database in memory for one query: the tables that it may see, and nothing else. Whatever a
 * statement does, it has no file to reach and nothing of another tenant to read. Used by one thread
 * at a time.
 */
final class QueryDatabase implements AutoCloseable {
    /**
     * Longest text, and row. Some functions of SQLite take a time that grows with its square, in
     * which nothing can stop them: a second with this bound.
     */
    private static final int LONGEST = 256 << 10;

    private static final int PAGE_BYTES = 4_096;

    /** How many steps of SQLite's machine lie between two looks at the clock. */
    private static final int STEPS = 10_000;

    private static final int MOST_COLUMNS = 2_000;

    /** What queries may call, of what is there. The rest takes memory without bound, or reveals. */
    private static final Set<String> FUNCTIONS =
            Set.of(
                    """
                    abs acos acosh asin asinh atan atan2 atanh avg ceil ceiling char coalesce \
                    concat concat_ws cos cosh count cume_dist current_date current_time \
                    current_timestamp date datetime degrees dense_rank exp first_value floor \
                    format glob group_concat hex if ifnull iif instr json json_array \
                    json_array_length json_extract json_group_array json_group_object json_insert \
                    json_object json_patch json_pretty json_quote json_remove json_replace \
                    json_set json_type json_valid julianday lag last_value lead length like \
                    likelihood likely ln log log10 log2 lower ltrim max min mod nth_value ntile \
                    nullif octet_length percent_rank pi pow power printf quote radians random \
                    rank replace round row_number rtrim sign sin sinh sqrt stdev strftime \
                    string_agg substr substring sum tan tanh time timediff total trim trunc \
                    typeof unhex unicode unixepoch unlikely upper variance\
                    """
                            .split(" "));

    /** SQLite's own tables that queries may read: those that take lists apart. */
    private static final Set<String> MODULES = Set.of("json_each", "json_tree");

    private final SQLiteConnection connection;

    /**
     * Opens an empty one.
     *
     * @param bytes what its tables may take
     * @param stop asked every few microseconds of work whether to break off
     */
    QueryDatabase(long bytes, BooleanSupplier stop) throws SQLException {
        var config = new SQLiteConfig();
        config.setPageSize(PAGE_BYTES);
        config.setJournalMode(SQLiteConfig.JournalMode.OFF);
        config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
        // Sorting and grouping spill to files that vanish, instead of filling the memory.
        config.setTempStore(SQLiteConfig.TempStore.FILE);
        config.setCacheSize(-(8 << 10));
        config.enableLoadExtension(false);
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite::memory:");
        connection = source.getConnection().unwrap(SQLiteConnection.class);
        try {
            limit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, 0);
            limit(SQLiteLimits.SQLITE_LIMIT_LENGTH, LONGEST);
            limit(SQLiteLimits.SQLITE_LIMIT_COLUMN, MOST_COLUMNS);
            limit(SQLiteLimits.SQLITE_LIMIT_EXPR_DEPTH, 200);
            limit(SQLiteLimits.SQLITE_LIMIT_COMPOUND_SELECT, 100);
            limit(SQLiteLimits.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000);
            limit(SQLiteLimits.SQLITE_LIMIT_TRIGGER_DEPTH, 1);
            limit(SQLiteLimits.SQLITE_LIMIT_WORKER_THREADS, 0);
            run("PRAGMA max_page_count = " + Math.max(bytes / PAGE_BYTES, 16));
            run("PRAGMA trusted_schema = false");
            ProgressHandler.setHandler(
                    connection,
                    STEPS,
                    new ProgressHandler() {
                        @Override
                        protected int progress() {
                            return stop.getAsBoolean() ? 1 : 0;
                        }
                    });
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private void limit(SQLiteLimits limit, int value) throws SQLException {
        connection.setLimit(limit, value);
    }

    private void run(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    // Tables

    /** A table that is being filled. */
    final class Table implements AutoCloseable {
        private final String name;
        private final PreparedStatement insert;

        /**
         * Makes it.
         *
         * @param name letters, digits and underscores
         */
        Table(String name, List<Column> columns) throws SQLException {
            this.name = name;
            var names = new HashSet<String>();
            for (Column column : columns) {
                if (!names.add(column.name().toLowerCase(Locale.ROOT))) {
                    throw new StorageException.Unprocessable(
                            "the table '%s' has two columns '%s' that differ in case only"
                                    .formatted(name, column.name()));
                }
            }
            run(
                    columns.stream()
                            .map(column -> "\"%s\" %s".formatted(column.name(), declared(column)))
                            .collect(
                                    Collectors.joining(
                                            ", ", "CREATE TABLE \"" + name + "\" (", ")")));
            insert =
                    connection.prepareStatement(
                            columns.stream()
                                    .map(_ -> "?")
                                    .collect(
                                            Collectors.joining(
                                                    ", ",
                                                    "INSERT INTO \"" + name + "\" VALUES (",
                                                    ")")));
        }

        void add(Row row) throws SQLException {
            try {
                for (int i = 0; i < row.values().size(); i++) {
                    bind(insert, i + 1, row.values().get(i));
                }
                insert.executeUpdate();
            } catch (SQLiteException e) {
                throw tooLarge(e);
            }
        }

        /** The exception itself, unless it is about a bound. */
        private SQLiteException tooLarge(SQLiteException e) {
            SQLiteErrorCode code = code(e);
            if (code == SQLiteErrorCode.SQLITE_TOOBIG) {
                throw new StorageException.TooLarge(
                        "a row of the table '%s' is larger than %d bytes".formatted(name, LONGEST));
            }
            if (code == SQLiteErrorCode.SQLITE_FULL) {
                throw new StorageException.TooLarge(
                        "the tables are larger than a query may have; the option sql-memory of the"
                                + " backend sets the bound");
            }
            return e;
        }

        @Override
        public void close() throws SQLException {
            insert.close();
        }
    }

    private static SQLiteErrorCode code(SQLiteException e) {
        return SQLiteErrorCode.getErrorCode(e.getResultCode().code & 0xFF);
    }

    /**
     * The type of a column. Of SQLite's rules for names of types follows how it keeps values: what
     * has TEXT in it is kept as text, whatever it looks like.
     */
    private static String declared(Column column) {
        return column.collection() ? "JSON_TEXT" : QueryTypes.declared(column.type());
    }

    static void bind(PreparedStatement statement, int index, Value value) throws SQLException {
        switch (value) {
            case Value.Absent _ -> statement.setObject(index, null);
            case Value.Truth truth -> statement.setInt(index, truth.value() ? 1 : 0);
            case Value.Whole whole -> statement.setLong(index, whole.value());
            case Value.Decimal decimal -> statement.setDouble(index, decimal.value().doubleValue());
            case Value.Text text -> statement.setString(index, text.value());
            case Value.Structure _, Value.Many _ ->
                    statement.setString(index, ValueText.json(value));
        }
    }

    // The statement

    /**
     * Prepares the one statement of a user, once the tables are there, even if still empty.
     *
     * @throws StorageException.Unprocessable if SQLite does not take it
     */
    PreparedStatement prepare(QueryText query) throws SQLException {
        query.refuseFunctions(others("SELECT name FROM pragma_function_list", FUNCTIONS));
        SqliteQueryScanner.refuseSystemTables(
                query, others("SELECT name FROM pragma_module_list", MODULES));
        try {
            PreparedStatement statement = connection.prepareStatement(numbered(query));
            if (statement.getMetaData().getColumnCount() == 0) {
                statement.close();
                throw new StorageException.Unprocessable("the statement gives no rows");
            }
            return statement;
        } catch (SQLException e) {
            throw refusal(e);
        }
    }

    private Set<String> others(String sql, Set<String> allowed) throws SQLException {
        var names = new HashSet<String>();
        try (var statement = connection.createStatement();
                var found = statement.executeQuery(sql)) {
            while (found.next()) {
                names.add(found.getString(1).toLowerCase(Locale.ROOT));
            }
        }
        names.removeAll(allowed);
        return names;
    }

    /** With numbers for its parameters, so that one that stands twice is bound once. */
    private static String numbered(QueryText query) {
        List<String> parameters = query.parameters();
        return query.bound(name -> "?" + (parameters.indexOf(name) + 1));
    }

    /** How SQLite would run a statement. */
    List<String> plan(QueryText query) throws SQLException {
        prepare(query).close();
        var plan = new ArrayList<String>();
        try (var statement = connection.prepareStatement("EXPLAIN QUERY PLAN " + numbered(query));
                var found = statement.executeQuery()) {
            while (found.next()) {
                plan.add(found.getString("detail"));
            }
        }
        return plan;
    }

    /** Nothing can be written from now on. */
    void seal() throws SQLException {
        run("PRAGMA query_only = true");
    }

    /** What SQLite says of a statement, for whoever wrote it. */
    static StorageException refusal(SQLException e) {
        if (e instanceof SQLiteException sqlite) {
            switch (code(sqlite)) {
                case SQLITE_FULL, SQLITE_NOMEM, SQLITE_TOOBIG, SQLITE_IOERR -> {
                    return new StorageException.TooLarge(
                            "a text of more than %d bytes, or what has to be sorted or grouped, is"
                                            .formatted(LONGEST)
                                    + " more than a query may have");
                }
                case SQLITE_READONLY -> {
                    return new StorageException.Unprocessable("a query only reads");
                }
                default -> {
                    // SQLite's own words follow.
                }
            }
        }
        // "[SQLITE_ERROR] SQL error or missing database (no such table: x)"
        String message = e.getMessage();
        int open = message.indexOf('(');
        int close = message.lastIndexOf(')');
        return new StorageException.Unprocessable(
                open >= 0 && close > open ? message.substring(open + 1, close) : message);
    }

    /** Whether a statement broke off since it was told to. */
    static boolean isInterrupt(SQLException e) {
        return e instanceof SQLiteException sqlite
                && code(sqlite) == SQLiteErrorCode.SQLITE_INTERRUPT;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
