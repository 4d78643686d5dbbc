package dev.andiron.postgres;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;
import dev.andiron.sql.query.QueryText;
import dev.andiron.sql.view.ValueText;

import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A connection for one query, of a role that has no rights: what it sees are its own temporary
 * tables, into which the rows of views are copied, and what it may call is a list. Used by one
 * thread at a time.
 */
final class QuerySession implements AutoCloseable {
    /** What queries may call, of what is there. The rest takes memory without bound, or reveals. */
    private static final Set<String> FUNCTIONS =
            Set.of(
                    """
                    abs acos age any_value array_agg array_length array_lower array_position \
                    array_remove array_to_string array_upper ascii asin atan atan2 avg bit bool \
                    bool_and bool_or bpchar btrim cardinality cbrt ceil ceiling char char_length \
                    character_length chr concat concat_ws corr cos count covar_pop covar_samp \
                    cume_dist date date_part date_trunc degrees dense_rank div every exp extract \
                    first_value float4 float8 floor format initcap int2 int4 int8 interval \
                    json_agg json_array_elements json_array_elements_text json_array_length \
                    json_build_array json_build_object json_each json_each_text \
                    json_extract_path json_extract_path_text json_object_agg json_object_keys \
                    json_typeof jsonb_agg jsonb_array_elements jsonb_array_elements_text \
                    jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each \
                    jsonb_each_text jsonb_exists jsonb_extract_path jsonb_extract_path_text \
                    jsonb_object_agg jsonb_object_keys jsonb_path_exists jsonb_path_match \
                    jsonb_path_query jsonb_path_query_array jsonb_path_query_first jsonb_pretty \
                    jsonb_strip_nulls jsonb_typeof justify_days justify_hours \
                    justify_interval lag last_value lead left length like ln log lower ltrim \
                    make_date make_interval make_time make_timestamp max md5 min mod mode now \
                    nth_value ntile num_nonnulls num_nulls numeric octet_length overlaps overlay \
                    percent_rank percentile_cont percentile_disc pi position power radians rank \
                    regexp_count regexp_instr regexp_like regexp_match regexp_matches \
                    regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr \
                    regr_intercept regr_r2 regr_slope replace reverse right round row_number rtrim \
                    sign sin split_part sqrt starts_with stddev stddev_pop stddev_samp \
                    string_agg string_to_array strpos substr substring sum tan text time \
                    timestamp timestamptz timezone to_char to_date to_json to_jsonb to_number \
                    to_timestamp translate trim trunc unnest upper var_pop var_samp varbit \
                    varchar variance width_bucket\
                    """
                            .split(" "));

    /** What the role may do beyond nothing: one row, with a reason or null. */
    private static final String RIGHTS =
            """
            SELECT CASE
              WHEN (SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication
                      OR rolbypassrls FROM pg_roles WHERE rolname = current_user)
                THEN 'has attributes of an administrator'
              WHEN EXISTS (SELECT 1 FROM pg_roles r WHERE r.rolname <> current_user
                      AND pg_has_role(current_user, r.oid, 'MEMBER'))
                THEN 'is a member of another role'
              ELSE (SELECT 'may use the table ' || n.nspname || '.' || c.relname
                      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                      WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p')
                        AND n.nspname NOT IN ('pg_catalog', 'information_schema')
                        AND n.nspname !~ '^pg_(temp|toast)'
                        AND has_schema_privilege(n.oid, 'USAGE')
                        AND (has_table_privilege(c.oid,
                               'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
                             OR has_any_column_privilege(c.oid,
                               'SELECT, INSERT, UPDATE, REFERENCES'))
                      ORDER BY 1 LIMIT 1)
              END\
            """;

    private final Connection connection;
    private final Session session;
    private final long memory;
    private long copied;

    /**
     * Takes over a connection.
     *
     * @param memory the bytes that all tables together may take
     * @throws StorageException.NotSupported if its role has rights
     */
    QuerySession(Connection connection, long memory) throws SQLException {
        this.connection = connection;
        this.memory = memory;
        session = new Session(connection);
        boolean safe = false;
        try {
            session.run("SET standard_conforming_strings = on; SET search_path = pg_temp");
            var rights = session.first(row -> row.getString(1) + "", RIGHTS).orElseThrow();
            if (!rights.equals("null")) {
                throw new StorageException.NotSupported(
                        "SQL over views is not safe here: the role of the option sql-user "
                                + rights);
            }
            safe = true;
        } finally {
            if (!safe) {
                connection.close();
            }
        }
    }

    private static String quoted(String name) {
        return "\"" + name + "\"";
    }

    private static String declared(Column column) {
        ValueType type = column.type();
        if (column.collection()) {
            return "jsonb";
        }
        return switch (type.kind()) {
            case BOOLEAN -> "boolean";
            case INTEGER -> type.name().equals("integer64") ? "bigint" : "integer";
            case DECIMAL -> "numeric";
            case STRING, DATE, DATE_TIME, TIME -> "text";
            case COMPLEX -> "jsonb";
        };
    }

    /** Makes the tables, empty. */
    void make(Map<String, List<Column>> tables) throws SQLException {
        for (var table : tables.entrySet()) {
            session.run(
                    table.getValue().stream()
                            .map(column -> quoted(column.name()) + " " + declared(column))
                            .collect(
                                    Collectors.joining(
                                            ", ",
                                            "CREATE TEMPORARY TABLE pg_temp."
                                                    + quoted(table.getKey())
                                                    + " (",
                                            ")")));
        }
    }

    /** Takes all rows out of a table. */
    void clear(String table) throws SQLException {
        session.run("TRUNCATE pg_temp." + quoted(table));
        copied = 0;
    }

    // Rows

    /** Adds rows to a table. */
    void copy(String table, List<Column> columns, List<Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        CopyIn copy =
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("COPY pg_temp." + quoted(table) + " FROM STDIN");
        boolean whole = false;
        try {
            var text = new StringBuilder();
            for (Row row : rows) {
                line(row, columns, text);
                if (text.length() > 1 << 16) {
                    send(copy, text);
                }
            }
            send(copy, text);
            copy.endCopy();
            whole = true;
        } finally {
            if (!whole && copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private void send(CopyIn copy, StringBuilder text) throws SQLException {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        text.setLength(0);
        copied += bytes.length;
        if (copied > memory) {
            throw new StorageException.TooLarge(
                    "the tables are larger than a query may have; the option sql-memory of the"
                            + " backend sets the bound");
        }
        copy.writeToCopy(bytes, 0, bytes.length);
    }

    private static void line(Row row, List<Column> columns, StringBuilder text) {
        for (int i = 0; i < columns.size(); i++) {
            if (i > 0) {
                text.append('\t');
            }
            switch (row.values().get(i)) {
                case Value.Absent _ -> text.append("\\N");
                case Value.Truth truth -> text.append(truth.value() ? 't' : 'f');
                case Value.Whole whole -> text.append(whole.value());
                case Value.Decimal decimal -> text.append(decimal.value());
                case Value.Text plain -> escaped(Texts.storable(plain.value()), text);
                case Value.Structure structure -> escaped(ValueText.json(structure), text);
                case Value.Many many -> escaped(ValueText.json(many), text);
            }
        }
        text.append('\n');
    }

    private static void escaped(String plain, StringBuilder text) {
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                default -> text.append(c);
            }
        }
    }

    // The statement

    /** Nothing but reading is possible from now on, and each step within a time. */
    void seal(long milliseconds) throws SQLException {
        session.run("SET statement_timeout = " + Math.max(1, milliseconds));
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
    }

    /**
     * Prepares the statement of a user, once the tables are there.
     *
     * @throws StorageException.Unprocessable if it calls what it should not
     */
    PreparedStatement prepare(QueryText query, String before, Map<String, Value> parameters)
            throws SQLException {
        var others =
                new HashSet<>(
                        session.list(
                                row -> row.getString(1), "SELECT DISTINCT proname FROM pg_proc"));
        others.removeAll(FUNCTIONS);
        query.refuseFunctions(others);
        PreparedStatement statement = connection.prepareStatement(before + query.bound(_ -> "?"));
        statement.setEscapeProcessing(false);
        List<String> names = query.placed();
        for (int i = 0; i < names.size(); i++) {
            bind(statement, i + 1, parameters.get(names.get(i)));
        }
        return statement;
    }

    private static void bind(PreparedStatement statement, int index, Value value)
            throws SQLException {
        switch (value) {
            case Value.Absent _ -> statement.setNull(index, java.sql.Types.NULL);
            case Value.Truth truth -> statement.setBoolean(index, truth.value());
            case Value.Whole whole -> statement.setLong(index, whole.value());
            case Value.Decimal decimal -> statement.setBigDecimal(index, decimal.value());
            case Value.Text text -> statement.setString(index, Texts.storable(text.value()));
            case Value.Structure _, Value.Many _ ->
                    throw new IllegalArgumentException("parameters are single values");
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
