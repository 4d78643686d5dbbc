package dev.andiron.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.Backend;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.SqlQuery;
import dev.andiron.spi.view.SqlRows;
import dev.andiron.spi.view.SqlRows.Bound;
import dev.andiron.spi.view.Value;
import dev.andiron.tck.fixture.Opening;
import dev.andiron.tck.fixture.PatientView;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a user's SQL tries, beyond what the compatibility kit asks of every backend. */
class PostgresSqlTest {
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir static Path folder;
    private static Backend backend;
    private static String schema;

    @BeforeAll
    static void open() {
        schema = PostgresServer.schema(folder);
        backend = backend(Map.of("sql-memory", 1L << 20));
        backend.resources()
                .orElseThrow()
                .commit(TENANT, Commit.of(PatientView.put("mine", "\"active\":true")));
        backend.resources()
                .orElseThrow()
                .commit(
                        TenantContext.of(new TenantId("other")),
                        Commit.of(PatientView.put("secret", "\"active\":true")));
    }

    private static Backend backend(Map<String, ?> more) {
        return new Opening(
                        new PostgresProvider(),
                        where -> {
                            var options =
                                    new HashMap<String, Object>(
                                            PostgresServer.of(18).options(where));
                            options.putAll(more);
                            return options;
                        })
                .open(folder);
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private record Result(List<Row> rows, Optional<Bound> bound) {}

    private static Result run(Backend on, String sql, Duration time) {
        var query =
                new SqlQuery(
                        sql,
                        Map.of("p", PatientView.patients(), "n", PatientView.names()),
                        Map.of(),
                        100,
                        time);
        try (SqlRows rows = on.sqlQueries().orElseThrow().run(TENANT, query)) {
            var all = new ArrayList<Row>();
            for (List<Row> next = rows.next(); !next.isEmpty(); next = rows.next()) {
                all.addAll(next);
            }
            return new Result(all, rows.bound());
        }
    }

    private static void assertRefused(String sql) {
        assertThrows(
                StorageException.Unprocessable.class, () -> run(backend, sql, LONG), () -> sql);
    }

    @Test
    void nothingButItsTablesIsThere() {
        for (String table :
                List.of(
                        "resources",
                        schema + ".resources",
                        "\"" + schema + "\".versions",
                        schema + ".schema_version",
                        "pg_class",
                        "PG_CATALOG.pg_class",
                        "\"pg_stat_activity\"",
                        "pg_temp_3.p",
                        "information_schema.tables",
                        "\"information_schema\".\"tables\"",
                        "U&\"p\\0067_class\"",
                        "(TABLE pg_authid) x")) {
            assertRefused("SELECT * FROM " + table);
        }
        assertEquals(
                List.of(Row.of(new Value.Text("mine"))),
                run(backend, "SELECT id FROM p UNION ALL SELECT id FROM p WHERE false", LONG)
                        .rows());
    }

    @Test
    void functionsThatReachFurtherAreNotThere() {
        for (String call :
                List.of(
                        "set_config('role', 'andiron', false)",
                        "\"set_config\"('search_path', 'public', false)",
                        "set_config /* */ ('transaction_read_only', 'off', false)",
                        "pg_catalog.set_config('role', 'andiron', false)",
                        "current_setting('data_directory')",
                        "pg_read_file('/etc/passwd')",
                        "pg_ls_dir('.')",
                        "lo_import('/etc/passwd')",
                        "lo_get(1)",
                        "pg_advisory_lock(1)",
                        "pg_sleep(1)",
                        "pg_terminate_backend(1)",
                        "query_to_xml('SELECT 1', true, true, '')",
                        "table_to_xml('p', true, true, '')",
                        "database_to_xml(true, true, '')",
                        "dblink('x', 'SELECT 1')",
                        "version()",
                        "inet_server_addr()",
                        "txid_current()",
                        "nextval('x')",
                        "repeat('x', 1000000000)",
                        "generate_series(1, 1000000000)",
                        "'p'::regclass",
                        "CAST('p' AS \"regclass\")",
                        "regrole 'andiron'",
                        "xmlelement(name x)",
                        "current_user",
                        "session_user",
                        "USER",
                        "E'\\' || pg_sleep(1) || '",
                        "$$x$$")) {
            assertRefused("SELECT " + call);
        }
        assertRefused("SELECT * FROM set_config('role', 'andiron', false)");
        assertRefused("SELECT 1 -- \r, pg_sleep(1)");
        assertRefused("SELECT 1 /* /* */ ' */ , pg_sleep(1) --'");
    }

    @Test
    void nothingIsWritten() {
        for (String sql :
                List.of(
                        "WITH x AS (INSERT INTO p (id) VALUES ('x') RETURNING id) SELECT * FROM x",
                        "WITH x AS (DELETE FROM p RETURNING id) SELECT * FROM x",
                        "SELECT id INTO stolen FROM p",
                        "SELECT id FROM p FOR UPDATE",
                        "SELECT 1; COMMIT; SELECT set_config('role', 'andiron', false)",
                        "COPY p TO PROGRAM 'id'",
                        "DO 'BEGIN END'",
                        "SET ROLE andiron",
                        "CALL x()",
                        "LOCK TABLE p")) {
            assertRefused(sql);
        }
    }

    @Test
    void ordinaryQueriesRun() {
        for (String sql :
                List.of(
                        "SELECT id::varchar(10), CAST(births AS numeric(10, 2)) FROM p",
                        "SELECT lower(trim(id)), extract(year FROM date '2020-01-02') FROM p",
                        "SELECT p.id, rank() OVER (PARTITION BY active ORDER BY id) FROM p",
                        "SELECT count(*) FILTER (WHERE active), string_agg(id, ',') FROM p",
                        "WITH x (a) AS MATERIALIZED (SELECT id FROM p) SELECT a FROM x",
                        "SELECT id FROM p WHERE id IN ('mine') AND id LIKE ('m%') LIMIT 1")) {
            assertEquals(1, run(backend, sql, LONG).rows().size(), sql);
        }
    }

    @Test
    void largeResultsAndTablesAreRefused() {
        String doubling =
                "WITH RECURSIVE x (t, n) AS (SELECT 'x', 1 UNION ALL SELECT t || t, n + 1 FROM x"
                        + " WHERE n < %d) SELECT t FROM x WHERE n = %d";
        assertThrows(
                StorageException.TooLarge.class,
                () -> run(backend, doubling.formatted(27, 27), LONG));
        TenantContext large = TenantContext.of(new TenantId("large"));
        String name = "\"name\":[{\"family\":\"%s\"}]".formatted("x".repeat(400_000));
        backend.resources()
                .orElseThrow()
                .commit(
                        large,
                        new Commit(
                                List.of(),
                                List.of(
                                        PatientView.put("a", name),
                                        PatientView.put("b", name),
                                        PatientView.put("c", name))));
        var query =
                new SqlQuery(
                        "SELECT count(*) FROM n",
                        Map.of("n", PatientView.names()),
                        Map.of(),
                        1,
                        LONG);
        assertThrows(
                StorageException.TooLarge.class,
                () -> backend.sqlQueries().orElseThrow().run(large, query));
    }

    /** A role that could do harm is not taken. */
    @Test
    void aRoleWithRightsIsRefusedByName() throws SQLException {
        assertUnsafe("andiron", "is a member of another role");
        try (var connection = PostgresServer.of(18).superuser();
                var statement = connection.createStatement()) {
            statement.execute("CREATE ROLE sql_member LOGIN IN ROLE andiron");
            statement.execute("CREATE ROLE sql_creator LOGIN CREATEROLE");
            statement.execute("CREATE ROLE sql_reader LOGIN");
            statement.execute("GRANT USAGE ON SCHEMA %s TO sql_reader".formatted(schema));
            statement.execute(
                    "GRANT SELECT (content) ON %s.versions TO sql_reader".formatted(schema));
        }
        assertUnsafe("sql_reader", "may use the table " + schema + ".versions");
        assertUnsafe("sql_member", "is a member of another role");
        assertUnsafe("sql_creator", "has attributes of an administrator");
    }

    private static void assertUnsafe(String role, String reason) {
        try (Backend other = backend(Map.of("sql-user", role))) {
            var refused =
                    assertThrows(
                            StorageException.NotSupported.class,
                            () -> run(other, "SELECT id FROM p", LONG));
            assertTrue(refused.getMessage().contains(reason), refused.getMessage());
        }
    }
}
