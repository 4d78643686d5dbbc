package dev.andiron.sqlite;

import static dev.andiron.sqlite.TestBackend.TENANT;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.SqlQuery;
import dev.andiron.spi.view.SqlRows;
import dev.andiron.spi.view.SqlRows.Bound;
import dev.andiron.spi.view.Value;
import dev.andiron.tck.fixture.PatientView;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a user's SQL tries, beyond what the compatibility kit asks of every backend. */
class SqlAttackTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir static Path folder;
    private static SqliteBackend backend;

    @BeforeAll
    static void open() {
        backend = TestBackend.open(folder, Map.of("sql-memory", 1L << 20, "sql-queries", 1L));
        backend.resources()
                .orElseThrow()
                .commit(TENANT, Commit.of(PatientView.put("mine", "\"active\":true")));
        backend.resources()
                .orElseThrow()
                .commit(
                        TenantContext.of(new TenantId("other")),
                        Commit.of(PatientView.put("secret", "\"active\":true")));
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private record Result(List<Row> rows, Optional<Bound> bound) {}

    private static Result run(String sql, Duration time) {
        var query =
                new SqlQuery(
                        sql,
                        Map.of("p", PatientView.patients(), "n", PatientView.names()),
                        Map.of(),
                        100,
                        time);
        try (SqlRows rows = backend.sqlQueries().orElseThrow().run(TENANT, query)) {
            var all = new ArrayList<Row>();
            for (List<Row> next = rows.next(); !next.isEmpty(); next = rows.next()) {
                all.addAll(next);
            }
            return new Result(all, rows.bound());
        }
    }

    private static void assertRefused(String sql) {
        assertThrows(StorageException.Unprocessable.class, () -> run(sql, LONG), sql);
    }

    private static List<Row> one(Value value) {
        return List.of(Row.of(value));
    }

    @Test
    void filesAreOutOfReach() throws IOException {
        Path file = folder.resolve("test.db");
        Path stolen = folder.resolve("stolen.db");
        for (String sql :
                List.of(
                        "ATTACH '%s' AS a".formatted(file),
                        "ATTACH DATABASE '%s' AS a".formatted(file),
                        "WITH x AS (SELECT 1) ATTACH '%s' AS a".formatted(file),
                        "DETACH main",
                        "VACUUM INTO '%s'".formatted(stolen),
                        "backup to '%s'".formatted(stolen),
                        "restore from '%s'".formatted(file),
                        "SELECT load_extension('%s')".formatted(file),
                        "SELECT \"load_extension\"('%s')".formatted(file),
                        "SELECT load_extension /* */ ('%s')".formatted(file),
                        "SELECT [load_extension]\n('%s', 'x')".formatted(file),
                        "SELECT `LOAD_extension`('%s')".formatted(file),
                        "SELECT readfile('%s')".formatted(file),
                        "SELECT writefile('%s', 'x')".formatted(stolen),
                        "SELECT * FROM '%s'".formatted(file),
                        "SELECT fts3_tokenizer('simple')",
                        "PRAGMA temp_store_directory = '%s'".formatted(folder),
                        "SELECT * FROM pragma_database_list",
                        "SELECT * FROM pragma_table_info('p')",
                        "SELECT * FROM 'pragma_database_list'",
                        "SELECT * FROM main . 'sqlite_schema'")) {
            assertRefused(sql);
        }
        assertTrue(Files.notExists(stolen));
    }

    @Test
    void theTablesOfTheServerAreNotThere() {
        for (String table :
                List.of("resources", "versions", "main.resources", "kinds", "tenants", "n2")) {
            assertRefused("SELECT * FROM " + table);
        }
        for (String table :
                List.of(
                        "sqlite_schema",
                        "SQLITE_MASTER",
                        "\"sqlite_schema\"",
                        "'sqlite_temp_schema'",
                        "dbstat",
                        "temp.sqlite_temp_master",
                        "pragma_function_list",
                        "(SELECT 1), sqlite_schema",
                        "fts3tokenize")) {
            assertRefused("SELECT * FROM " + table);
        }
        assertRefused("SELECT andiron_body(1, 2)");
        assertEquals(one(new Value.Text("mine")), run("SELECT id FROM p", LONG).rows());
        assertEquals(
                one(new Value.Text("mine")),
                run("SELECT id FROM \"p\" UNION ALL SELECT id FROM P WHERE 1 = 0", LONG).rows());
    }

    @Test
    void nothingIsWritten() {
        for (String sql :
                List.of(
                        "WITH x AS (SELECT 1) INSERT INTO p SELECT id, 1, '', 1 FROM p",
                        "WITH x AS (SELECT 1) UPDATE p SET id = 'y' RETURNING id",
                        "WITH x AS (SELECT 1) DELETE FROM p RETURNING id",
                        "WITH x AS (SELECT 1) REPLACE INTO p VALUES ('x', 1, '', 1) RETURNING id",
                        "REPLACE INTO p VALUES ('x', 1, '', 1)",
                        "CREATE TEMP TABLE t AS SELECT 1",
                        "CREATE TRIGGER t AFTER INSERT ON p BEGIN SELECT 1; END",
                        "PRAGMA query_only = 0",
                        "PRAGMA writable_schema = 1",
                        "PRAGMA max_page_count = 1000000",
                        "SELECT 1; PRAGMA query_only = 0",
                        "SELECT 1 /* ; */; -- \nDELETE FROM p",
                        "SAVEPOINT s",
                        "REINDEX",
                        "ANALYZE",
                        "\uFEFFSELECT 1",
                        "SELECT 1 \\ 2",
                        "SELECT 1 \u0000; DELETE FROM p",
                        "SELECT \uD800",
                        "SELECT $x",
                        "SELECT @x",
                        "SELECT ?1")) {
            assertRefused(sql);
        }
        assertEquals(one(new Value.Whole(1)), run("SELECT count(*) FROM p", LONG).rows());
    }

    @Test
    void memoryAndTimeAreBounded() {
        for (String sql :
                List.of(
                        "SELECT replicate('x', 2000000000)",
                        "SELECT padl('x', 2000000000)",
                        "SELECT median(1)",
                        "SELECT percentile(1, 50)",
                        "SELECT zeroblob(10)",
                        "SELECT randomblob(10)")) {
            assertRefused(sql);
        }
        for (String sql :
                List.of(
                        "SELECT printf('%.*c', 2000000000, 'x')",
                        "SELECT replace(printf('%.*c', 200000, 'x'), 'x', printf('%.*c', 200000,"
                                + " 'y'))",
                        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT"
                                + " 999999) SELECT group_concat(x) FROM n")) {
            assertThrows(StorageException.TooLarge.class, () -> run(sql, LONG), sql);
        }
        Duration little = Duration.ofMillis(300);
        String endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) ";
        for (String sql :
                List.of(
                        endless + "SELECT count(DISTINCT x) FROM n",
                        endless
                                + "SELECT max(instr(printf('%.*c', 200000, 'a'),"
                                + " printf('%.*c', 100000, 'a') || 'b')) FROM n",
                        endless
                                + "SELECT max(printf('%.*c', 2000, 'a') LIKE '%a%a%a%a%a%a%b') FROM"
                                + " n",
                        endless + "SELECT x, sum(x) OVER (ORDER BY x) FROM n",
                        endless + "SELECT a.x FROM n a JOIN n b ON a.x = -b.x")) {
            Result result = run(sql, little);
            assertEquals(List.of(), result.rows(), sql);
            assertEquals(Optional.of(Bound.TIME), result.bound(), sql);
        }
    }

    @Test
    void tablesThatAreTooLargeAreRefused() {
        var tenant = TenantContext.of(new TenantId("large"));
        var resources = backend.resources().orElseThrow();
        String name = "x".repeat(200_000);
        for (int i = 0; i < 8; i++) {
            resources.commit(
                    tenant,
                    Commit.of(
                            PatientView.put(
                                    "l" + i, "\"name\":[{\"family\":\"" + name + i + "\"}]")));
        }
        var engine = backend.sqlQueries().orElseThrow();
        var query =
                new SqlQuery(
                        "SELECT count(*) FROM n",
                        Map.of("n", PatientView.names(), "p", PatientView.patients()),
                        Map.of(),
                        10,
                        LONG);
        assertThrows(StorageException.TooLarge.class, () -> engine.run(tenant, query));
        var small = new SqlQuery("SELECT count(*) FROM p", query.tables(), Map.of(), 10, LONG);
        try (SqlRows rows = engine.run(tenant, small)) {
            assertEquals(one(new Value.Whole(8)), rows.next(), "what is not named is not made");
        }
    }

    @Test
    void whatQueriesUseWorks() {
        assertEquals(
                one(new Value.Text("a-B-3")),
                run("SELECT concat_ws('-', lower('A'), upper('b'), length('abc')) AS x", LONG)
                        .rows());
        assertEquals(
                one(new Value.Whole(6)),
                run("SELECT sum(value) AS total FROM json_each('[1,2,3]')", LONG).rows());
        assertEquals(
                one(new Value.Text("it's; -- :x")), run("SELECT 'it''s; -- :x' AS x", LONG).rows());
        assertEquals(
                one(Value.Truth.TRUE),
                run("SELECT active FROM p WHERE active = true AND \"id\" LIKE 'm%'", LONG).rows());
    }
}
