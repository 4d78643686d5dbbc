package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.view.TableColumn;
import dev.andiron.fhir.view.parquet.ParquetFile;
import dev.andiron.server.RunningServer.Answer;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** SQL over views, over HTTP. */
class SqlQueryTest {
    private static final String RUN = "/$sqlquery-run";
    private static final String NAMES = "http://example.org/names";
    private static final String PATIENTS = "http://example.org/patients|1";
    private static final String JOIN =
            "SELECT p.id, p.born, p.active, n.family FROM p JOIN n ON n.patient = p.id"
                    + " WHERE n.family >= :from ORDER BY n.family";

    @TempDir static Path data;
    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        server = new RunningServer(data, Map.of("sql.rows", "4"));
        put(
                "Patient/a",
                "\"birthDate\":\"1970-01-02\",\"active\":true,\"name\":[{\"family\":\"Abel\"}]");
        put("Patient/b", "\"name\":[{\"family\":\"Baker\"},{\"family\":\"Cain\"}]");
        put(
                "ViewDefinition/names",
                view(
                        NAMES,
                        "{\"column\":[{\"path\":\"id\",\"name\":\"patient\"}]},"
                            + "{\"forEach\":\"name\",\"column\":[{\"path\":\"family\",\"name\":\"family\"}]}"));
        put(
                "ViewDefinition/patients",
                view(
                        "http://example.org/patients",
                        "{\"column\":[{\"path\":\"id\",\"name\":\"id\"},{\"path\":\"birthDate\",\"name\":\"born\"},"
                            + "{\"path\":\"active\",\"name\":\"active\"}]}"));
        put(
                "Library/join",
                library(JOIN, "{\"name\":\"from\",\"type\":\"string\",\"use\":\"in\"}")
                        .replaceFirst("[{]\"resourceType\":\"Library\",", "")
                        .replaceFirst("}$", ""));
    }

    private static String view(String url, String select) {
        return "\"url\":\"%s\",\"version\":\"1\",\"status\":\"active\",\"resource\":\"Patient\",\"select\":[%s]"
                .formatted(url, select);
    }

    private static String library(String sql, String parameters) {
        return ("{\"resourceType\":\"Library\",\"url\":\"http://example.org/join\",\"status\":\"active\","
                    + "\"type\":{\"coding\":[{\"code\":\"sql-query\"}]},"
                    + "\"relatedArtifact\":[{\"type\":\"depends-on\",\"resource\":\"%s\",\"label\":\"n\"},"
                    + "{\"type\":\"depends-on\",\"resource\":\"%s\",\"label\":\"p\"}],"
                    + "\"parameter\":[%s],\"content\":[{\"contentType\":\"application/sql\",\"data\":\"%s\"}]}")
                .formatted(NAMES, PATIENTS, parameters, base64(sql))
                .replace("\"parameter\":[],", "");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void put(String url, String members) {
        String[] key = url.split("/");
        Answer answer =
                server.send(
                        "PUT",
                        "/" + url,
                        "{\"resourceType\":\"%s\",\"id\":\"%s\",%s}"
                                .formatted(key[0], key[1], members));
        assertEquals(201, answer.status(), answer.text());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Answer run(String parameters) {
        return server.send(
                "POST",
                RUN,
                "{\"resourceType\":\"Parameters\",\"parameter\":[%s]}".formatted(parameters));
    }

    private static String reference(String more) {
        return "{\"name\":\"queryReference\",\"valueReference\":{\"reference\":\"Library/join\"}}"
                + more;
    }

    private static String from(String value) {
        return ",{\"name\":\"parameters\",\"resource\":{\"resourceType\":\"Parameters\",\"parameter\":["
                + "{\"name\":\"from\",%s}]}}".formatted(value);
    }

    private static Answer sql(String sql, String more) {
        return run(
                "{\"name\":\"queryResource\",\"resource\":%s}%s".formatted(library(sql, ""), more));
    }

    /** Numbers of a database have 64 bits. */
    @Test
    void anAnswerIsAParquetFile() {
        Answer answer =
                sql(
                        "SELECT 3000000000 AS large, max(id) AS last FROM p",
                        ",{\"name\":\"_format\",\"valueCode\":\"parquet\"}");
        assertEquals(200, answer.status(), answer::text);
        assertEquals("application/vnd.apache.parquet", answer.field("Content-Type"));
        List<TableColumn> columns =
                List.of(
                        new TableColumn("large", ValueType.INTEGER, false),
                        new TableColumn("last", ValueType.STRING, false));
        assertEquals(
                List.of(Row.of(new Value.Whole(3_000_000_000L), new Value.Text("b"))),
                ParquetFile.read(answer.bytes(), columns).rows());
    }

    @Test
    void aStoredQueryIsRunAtEveryLevelAndInEveryFormat() {
        String format = ",{\"name\":\"_format\",\"valueCode\":\"%s\"}";
        String expected = "id,born,active,family\r\nb,,,Baker\r\nb,,,Cain\r\n";
        String b = from("\"valueString\":\"B\"");
        Answer csv = run(reference(b + format.formatted("csv")));
        assertEquals(expected, csv.text());
        assertEquals("text/csv;charset=utf-8", csv.field("Content-Type"));
        assertEquals("native", csv.field("X-View-Runner"));
        assertEquals("", csv.field("X-Query-Bound"));
        String instance = "/Library/join/$sqlquery-run?_format=csv&from=B";
        assertEquals(expected, server.get(instance).text());
        assertEquals(
                expected,
                server.get(
                                "/Library/$sqlquery-run?queryReference=http://example.org/join&_format=csv&from=B")
                        .text());
        String parts =
                ",{\"name\":\"parameter\",\"part\":[{\"name\":\"name\",\"valueString\":\"from\"},"
                        + "{\"name\":\"value\",\"valueString\":\"B\"}]}";
        assertEquals(expected, run(reference(parts + format.formatted("csv"))).text());
        String a = from("\"valueString\":\"\"").replace("\"\"", "\"A\"");
        assertEquals(
                "[{\"id\":\"a\",\"born\":\"1970-01-02\",\"active\":true,\"family\":\"Abel\"},",
                run(reference(a + format.formatted("json"))).text().lines().findFirst().orElse(""));
        assertEquals(3, run(reference(a)).text().lines().count());
        JsonObject fhir = run(reference(a + format.formatted("fhir"))).json();
        assertEquals(
                "{\"name\":\"row\",\"part\":[{\"name\":\"id\",\"valueString\":\"a\"},"
                        + "{\"name\":\"born\",\"valueDate\":\"1970-01-02\"},"
                        + "{\"name\":\"active\",\"valueBoolean\":true},"
                        + "{\"name\":\"family\",\"valueString\":\"Abel\"}]}",
                fhir.objects("parameter").getFirst().toString());
        String metrics = server.get(server.root() + "/metrics").text();
        assertTrue(metrics.contains("andiron_table_rows_total{runner=\"sql\"}"), metrics);
        Answer plan = server.get(instance + "&_explain=true");
        assertTrue(plan.text().contains("native: "), plan.text());
    }

    @Test
    void bodiesMayBeTheQueryAndTypesAreKept() {
        String sql =
                "SELECT count(*) AS n, avg(1.5) AS x, 3000000000 AS big, NULL AS missing FROM p";
        Answer fhir = server.send("POST", "/Library/$sqlquery-run?_format=fhir", library(sql, ""));
        assertEquals(
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"row\",\"part\":["
                    + "{\"name\":\"n\",\"valueInteger\":2},{\"name\":\"x\",\"valueDecimal\":1.5},"
                    + "{\"name\":\"big\",\"valueDecimal\":3000000000}]}]}",
                fhir.text());
        String none = "SELECT id FROM p WHERE false";
        assertEquals(
                "{\"resourceType\":\"Parameters\"}",
                server.send("POST", RUN + "?_format=fhir", library(none, "")).text());
    }

    @Test
    void boundsShow() {
        String endless =
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT %s FROM n";
        Answer rows = sql(endless.formatted("x"), "");
        assertEquals(4, rows.text().lines().count());
        assertTrue(rows.field("X-Query-Bound").startsWith("rows"), rows.field("X-Query-Bound"));
        String fhir = ",{\"name\":\"_format\",\"valueCode\":\"fhir\"}";
        List<JsonObject> told = sql(endless.formatted("x"), fhir).json().objects("parameter");
        assertEquals(Optional.of("outcome"), told.getLast().string("name"));
        assertEquals(5, told.size());
        assertEquals(
                2,
                sql(endless.formatted("x"), ",{\"name\":\"_limit\",\"valueInteger\":2}")
                        .text()
                        .lines()
                        .count());
        assertEquals(400, sql("SELECT 1", ",{\"name\":\"_limit\",\"valueInteger\":5}").status());
    }

    @Test
    void timeEndsAQueryAndShows(@TempDir Path folder) throws IOException {
        String endless =
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT %s FROM n";
        try (var hasty = new RunningServer(folder, Map.of("sql.time", "1s"))) {
            Answer none = hasty.send("POST", RUN, alone(endless.formatted("count(*)")));
            assertEquals(422, none.status());
            assertTrue(none.text().contains("too-costly"), none.text());
            Answer some =
                    hasty.send(
                            "POST", RUN, alone(endless.formatted("x") + " WHERE x < 3 OR x < 0"));
            assertEquals("{\"x\":1}\n{\"x\":2}\n", some.text());
            assertTrue(some.field("X-Query-Bound").startsWith("time"), some.field("X-Query-Bound"));
        }
    }

    private static String alone(String sql) {
        return library(sql, "").replaceFirst("\"relatedArtifact\":\\[.*?\\],", "");
    }

    @Test
    void tenantsAreApart() {
        Answer other =
                server.send(
                        "POST", RUN, library("SELECT id FROM p", ""), "X-Tenant-ID", "somebody");
        assertEquals(404, other.status(), "not even the views of another tenant are found");
        assertEquals(
                404, server.get("/Library/join/$sqlquery-run", "X-Tenant-ID", "somebody").status());
    }

    @Test
    void whatIsWrongIsSaid() {
        assertEquals(400, server.get(RUN).status());
        assertEquals(400, run(reference("")).status(), "a value is missing");
        assertEquals(400, run(reference(from("\"valueInteger\":1"))).status());
        assertEquals(
                400, run(reference(from("\"valueString\":\"B\"").replace("from", "to"))).status());
        assertEquals(400, server.get("/Library/join/$sqlquery-run?from=B&to=C").status());
        assertEquals(400, server.get("/Library/join/$sqlquery-run?from=B&from=C").status());
        assertEquals(404, server.get("/Library/none/$sqlquery-run").status());
        assertEquals(404, server.get(RUN + "?queryReference=Library/none").status());
        Answer twice = sql("SELECT id, id FROM p", "");
        assertEquals(422, twice.status());
        assertTrue(twice.text().contains("'id'"), twice.text());
        for (String sql :
                List.of(
                        "SELECT x FROM p",
                        "DELETE FROM p",
                        "SELECT 1; SELECT 2",
                        "SELECT * FROM resources")) {
            assertEquals(422, sql(sql, "").status(), sql);
        }
        Answer missing =
                server.send("POST", RUN, library("SELECT 1", "").replace(NAMES, "http://none"));
        assertEquals(404, missing.status());
        assertTrue(
                missing.text().contains("queryResource.relatedArtifact[0].resource"),
                missing.text());
        Answer broken =
                server.send(
                        "POST",
                        RUN,
                        library(
                                        "SELECT 1",
                                        "{\"name\":\"1x\",\"type\":\"nonsense\",\"use\":\"out\"}")
                                .replace("sql-query", "logic-library")
                                .replace("\"label\":\"p\"", "\"label\":\"N\"")
                                .replace(
                                        "\"application/sql\"",
                                        "\"application/sql;dialect=cobol\""));
        assertEquals(422, broken.status());
        for (String place :
                List.of(
                        "queryResource.type",
                        "queryResource.parameter[0].name",
                        "queryResource.parameter[0].type",
                        "queryResource.parameter[0].use",
                        "queryResource.relatedArtifact[1].label",
                        "queryResource.content")) {
            assertTrue(broken.text().contains("\"" + place + "\""), place + broken.text());
        }
    }

    @Test
    void theDialectOfTheBackendGoesFirst() {
        String other =
                "{\"contentType\":\"application/sql; dialect=sqlite\",\"data\":\"%s\"},{\"contentType\":\"application/sql;dialect=x\",\"data\":\"%s\"}]}"
                        .formatted(base64("SELECT 2 AS x"), base64("SELECT 3 AS x"));
        String library = library("SELECT 1 AS x", "");
        Answer answer =
                server.send("POST", RUN, library.substring(0, library.length() - 2) + "," + other);
        assertEquals("{\"x\":2}\n", answer.text());
    }
}
