package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.SqlQuery;
import dev.andiron.spi.view.SqlQueryEngine;
import dev.andiron.spi.view.SqlRows;
import dev.andiron.spi.view.SqlRows.Bound;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;
import dev.andiron.tck.fixture.PatientView;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Promises of {@link SqlQueryEngine}. The statements are such as every dialect has. */
@Needs(Facet.SQL_QUERIES)
abstract class SqlQueryContract extends Contract {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String ENDLESS =
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT %s FROM n";

    SqlQueryContract(BackendContract contract) {
        super(contract);
    }

    /** All rows of a query, and how it ended. */
    private record Result(
            List<Row> rows, List<SqlRows.ResultColumn> columns, Optional<Bound> bound) {}

    private Tenant patients() {
        Tenant tenant = newTenant();
        tenant.commit(
                PatientView.put(
                        "a",
                        "\"active\":true,\"birthDate\":\"1970-01-02\",\"multipleBirthInteger\":3,"
                                + "\"name\":[{\"family\":\"Abel\"},{\"family\":\"O'Hara\"}]"),
                PatientView.put("b", "\"active\":false,\"name\":[{\"family\":\"Cain\"}]"),
                PatientView.put("c", "\"birthDate\":\"1980\""));
        return tenant;
    }

    private static SqlQuery query(String sql, Map<String, Value> parameters) {
        return new SqlQuery(
                sql,
                Map.of("p", PatientView.patients(), "n", PatientView.names()),
                parameters,
                1_000,
                LONG);
    }

    private Result run(Tenant tenant, SqlQuery query) {
        var all = new ArrayList<Row>();
        try (SqlRows rows = engine().run(tenant.context(), query)) {
            List<SqlRows.ResultColumn> columns = rows.columns();
            for (List<Row> next = rows.next(); !next.isEmpty(); next = rows.next()) {
                all.addAll(next);
            }
            return new Result(all, columns, rows.bound());
        }
    }

    private List<Row> rows(Tenant tenant, String sql) {
        return run(tenant, query(sql, Map.of())).rows();
    }

    private SqlQueryEngine engine() {
        return backend().sqlQueries().orElseThrow();
    }

    private static Value text(String text) {
        return new Value.Text(text);
    }

    /** {@link SqlQuery#tables()}. */
    @Test
    @Promise("views are tables that can be joined, in the order that the statement asks for")
    final void required_VQ01_viewsAreTables() {
        Result result =
                run(
                        patients(),
                        query(
                                "SELECT p.id, n.family FROM p JOIN n ON n.patient = p.id"
                                        + " ORDER BY n.family DESC",
                                Map.of()));
        assertEquals(
                List.of(
                        Row.of(text("a"), text("O'Hara")),
                        Row.of(text("b"), text("Cain")),
                        Row.of(text("a"), text("Abel"))),
                result.rows());
        assertEquals(
                List.of("id", "family"),
                result.columns().stream().map(SqlRows.ResultColumn::name).toList());
        assertEquals(Optional.empty(), result.bound());
    }

    /** {@link SqlRows.ResultColumn}. */
    @Test
    @Promise("columns keep their types and what is computed has one")
    final void required_VQ02_columnsHaveTypes() {
        Result result =
                run(
                        patients(),
                        query("SELECT id, active, born, births FROM p ORDER BY id", Map.of()));
        assertEquals(
                Row.of(text("a"), Value.Truth.TRUE, text("1970-01-02"), new Value.Whole(3)),
                result.rows().getFirst());
        assertEquals(
                Row.of(text("c"), Value.Absent.ABSENT, text("1980"), Value.Absent.ABSENT),
                result.rows().getLast());
        assertEquals(
                List.of(Kind.STRING, Kind.BOOLEAN, Kind.DATE, Kind.INTEGER),
                result.columns().stream().map(each -> each.type().kind()).toList());
        Result counted = run(patients(), query("SELECT count(*) AS total FROM n", Map.of()));
        assertEquals(List.of(Row.of(new Value.Whole(3))), counted.rows());
        assertEquals(
                new SqlRows.ResultColumn("total", ValueType.INTEGER), counted.columns().getFirst());
    }

    /** {@link SqlQuery#parameters()}. */
    @Test
    @Promise("parameters are values of their types, whatever they hold")
    final void required_VQ03_parametersAreBound() {
        Tenant tenant = patients();
        var hostile = Map.of("x", text("Abel' OR 1 = 1 --"));
        assertEquals(
                List.of(),
                run(tenant, query("SELECT patient FROM n WHERE family = :x", hostile)).rows());
        assertEquals(
                List.of(Row.of(text("a"))),
                run(
                                tenant,
                                query(
                                        "SELECT id FROM p WHERE active = :yes AND births >= :few"
                                                + " AND births < :many AND id = :id",
                                        Map.of(
                                                "yes",
                                                Value.Truth.TRUE,
                                                "few",
                                                new Value.Whole(3),
                                                "many",
                                                new Value.Decimal(new BigDecimal("3.5")),
                                                "id",
                                                text("a"))))
                        .rows());
        assertEquals(
                List.of(),
                run(
                                tenant,
                                query(
                                        "SELECT id FROM p WHERE id = :id",
                                        Map.of("id", Value.Absent.ABSENT)))
                        .rows());
        assertRefused(tenant, "SELECT id FROM p WHERE id = :other");
        assertEquals(
                List.of(Row.of(text(":x -- /* ' */"))),
                rows(tenant, "SELECT ':x -- /* '' */' AS \"it's :y\" /* :z */ -- :w"),
                "what looks like a parameter within quotes and comments is none");
    }

    /** {@link SqlQuery#rowLimit()}, {@link SqlRows#bound()}. */
    @Test
    @Promise("rows end at the limit, which is told when there are more")
    final void required_VQ04_rowsAreLimited() {
        Tenant tenant = patients();
        for (int limit = 0; limit <= 3; limit++) {
            Result result =
                    run(
                            tenant,
                            new SqlQuery(
                                    "SELECT id FROM p",
                                    Map.of("p", PatientView.patients()),
                                    Map.of(),
                                    limit,
                                    LONG));
            assertEquals(limit, result.rows().size());
            assertEquals(limit < 3 ? Optional.of(Bound.ROWS) : Optional.empty(), result.bound());
        }
        Result first =
                run(tenant, new SqlQuery(ENDLESS.formatted("x"), Map.of(), Map.of(), 2_500, LONG));
        assertEquals(2_500, first.rows().size(), "an endless query gives what it is asked for");
        assertEquals(Optional.of(Bound.ROWS), first.bound());
    }

    /** {@link SqlQuery#timeLimit()}. */
    @Test
    @Promise("a query that does not end is ended, which is told")
    final void required_VQ05_timeIsLimited() {
        Tenant tenant = patients();
        Duration little = Duration.ofMillis(200);
        for (String sql :
                List.of(
                        ENDLESS.formatted("count(*)"),
                        ENDLESS.formatted("x") + " WHERE x < 0",
                        ENDLESS.formatted("x") + " ORDER BY x DESC")) {
            Result result = run(tenant, new SqlQuery(sql, Map.of(), Map.of(), 1_000, little));
            assertEquals(List.of(), result.rows(), sql);
            assertEquals(Optional.of(Bound.TIME), result.bound(), sql);
        }
        Result none =
                run(
                        tenant,
                        new SqlQuery(
                                "SELECT id FROM p",
                                Map.of("p", PatientView.patients()),
                                Map.of(),
                                1_000,
                                Duration.ZERO));
        assertEquals(Optional.of(Bound.TIME), none.bound());
        assertEquals(3, rows(tenant, "SELECT id FROM p").size(), "others are not concerned");
    }

    /** {@link SqlQueryEngine}: on the tenant's data only. */
    @Test
    @Promise("a query sees the live resources of its tenant and no others")
    final void required_VQ06_tenantsAreApart() {
        Tenant tenant = patients();
        Tenant other = newTenant();
        other.commit(PatientView.put("z", "\"active\":true"));
        assertEquals(List.of(Row.of(text("z"))), rows(other, "SELECT id FROM p"));
        assertEquals(3, rows(tenant, "SELECT id FROM p").size());
        tenant.delete(new ResourceKey("Patient", "b"));
        assertEquals(
                List.of(Row.of(text("a")), Row.of(text("c"))),
                rows(tenant, "SELECT id FROM p ORDER BY id"));
        assertEquals(List.of(), rows(newTenant(), "SELECT id FROM p"));
    }

    /** {@link SqlQueryEngine#run}. */
    @Test
    @Promise("what is no single statement that reads named tables is refused, and changes nothing")
    final void required_VQ07_othersAreRefused() {
        Tenant tenant = patients();
        for (String sql :
                List.of(
                        "",
                        " -- nothing",
                        "SELEC id FROM p",
                        "SELECT id FROM p; SELECT id FROM p",
                        "SELECT id FROM p; DROP TABLE p",
                        "SELECT id FROM p WHERE (1 = 1",
                        "SELECT id FROM p) UNION (SELECT id FROM p",
                        "SELECT nothing FROM p",
                        "SELECT id FROM nothing",
                        "SELECT no_such_function(id) FROM p",
                        "INSERT INTO p VALUES ('x', NULL, NULL, NULL)",
                        "UPDATE p SET id = 'x'",
                        "DELETE FROM p",
                        "WITH x AS (SELECT 1) DELETE FROM p",
                        "DROP TABLE p",
                        "CREATE TABLE x (y INTEGER)",
                        "BEGIN",
                        "COMMIT",
                        "EXPLAIN SELECT id FROM p",
                        "SELECT 'not closed FROM p",
                        "SELECT id /* not closed FROM p",
                        "SELECT id FROM p WHERE id = ?",
                        "SELECT id\0 FROM p")) {
            assertRefused(tenant, sql);
        }
        assertEquals(3, rows(tenant, "SELECT id FROM p;").size(), "one semicolon may end it");
        assertEquals(3, tenant.changes(0, 10).size());
    }

    private void assertRefused(Tenant tenant, String sql) {
        var refused =
                assertThrows(
                        StorageException.Unprocessable.class,
                        () -> run(tenant, query(sql, Map.of())),
                        sql);
        assertFalse(refused.getMessage().isBlank(), sql);
    }

    /** {@link SqlQueryEngine#explain}. */
    @Test
    @Promise("a query can be explained, and is then checked as it is when it runs")
    final void required_VQ08_plansAreTold() {
        Tenant tenant = patients();
        var plan = engine().explain(tenant.context(), query("SELECT id FROM p", Map.of()));
        assertFalse(plan.isBlank());
        assertThrows(
                StorageException.Unprocessable.class,
                () -> engine().explain(tenant.context(), query("DELETE FROM p", Map.of())));
        assertFalse(engine().dialect().isBlank());
    }

    /** {@link SqlRows#close()}. */
    @Test
    @Promise("a query that is closed early lets go of everything")
    final void required_VQ09_closingEnds() {
        Tenant tenant = patients();
        for (int i = 0; i < 20; i++) {
            var sql = new SqlQuery(ENDLESS.formatted("x"), Map.of(), Map.of(), 1_000_000, LONG);
            SqlRows rows = engine().run(tenant.context(), sql);
            assertFalse(rows.next().isEmpty());
            rows.close();
            rows.close();
            assertEquals(List.of(), rows.next());
        }
    }
}
