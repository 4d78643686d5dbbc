package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.view.OfficialTests;
import dev.andiron.fhir.view.TableColumn;
import dev.andiron.fhir.view.parquet.ParquetFile;
import dev.andiron.server.RunningServer.Answer;
import dev.andiron.server.operation.ParametersResource;
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
import java.util.List;

/** Tables over HTTP; one server for all cases. */
class ViewRunTest {
    private static final String RUN = "/ViewDefinition/$viewdefinition-run";
    private static final String VIEW =
            """
            {"resourceType":"ViewDefinition","id":"names","url":"http://example.org/names","name":"names",\
            "version":"%s","status":"active","resource":"Patient","select":[\
            {"column":[{"path":"getResourceKey()","name":"key"},{"path":"birthDate","name":"born"}]},\
            {"forEach":"name","column":[{"path":"family","name":"family"}]}]}\
            """;

    @TempDir static Path data;
    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        server = RunningServer.in(data);
        put("Patient/a", "\"birthDate\":\"1970-01-02\",\"name\":[{\"family\":\"Abel\"}]");
        put("Patient/b", "\"name\":[{\"family\":\"=B, \\\"x\\\"\"},{\"family\":\"Cain\"}]");
        put(
                "Observation/o",
                "\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/a\"}");
        put(
                "Observation/p",
                "\"status\":\"final\",\"code\":{\"text\":\"y\"},\"subject\":{\"reference\":\"Patient/b\"}");
        put(
                "Group/g",
                "\"type\":\"person\",\"actual\":true,\"member\":[{\"entity\":{\"reference\":\"Patient/b\"}},{\"inactive\":true,\"entity\":{\"reference\":\"Patient/a\"}}]");
        assertEquals(
                201, server.send("PUT", "/ViewDefinition/names", VIEW.formatted("1")).status());
        assertEquals(
                201,
                server.send(
                                "PUT",
                                "/ViewDefinition/names2",
                                VIEW.formatted("2")
                                        .replace("\"names\",\"url\"", "\"names2\",\"url\"")
                                        .replace("\"family\"}", "\"surname\"}"))
                        .status());
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

    @Test
    void passesTheOfficialTests() {
        OfficialTests.Report report = OfficialTests.run(ViewRunTest::overHttp);
        report.write(Path.of("target", "test_report_http.json"));
        assertEquals(List.of(), report.failures());
        System.out.println(report.summary("over HTTP"));
    }

    private static OfficialTests.Table overHttp(JsonObject view, List<JsonObject> resources) {
        var parameters = new ParametersResource().resource("viewResource", view);
        resources.forEach(resource -> parameters.resource("resource", resource));
        String body = parameters.build().toString();
        Answer answer = server.send("POST", "/$viewdefinition-run?_format=ndjson", body);
        if (answer.status() != 200) {
            throw new FhirException(answer.status(), "invalid", answer.text());
        }
        Answer csv = server.send("POST", "/$viewdefinition-run?_format=csv", body);
        String header = csv.text().lines().findFirst().orElse("");
        return new OfficialTests.Table(List.of(header.split(",")), answer.bytes(), "http");
    }

    @Test
    void aStoredViewIsATableInEveryFormat() {
        Answer csv = server.get("/ViewDefinition/names/$viewdefinition-run?_format=csv");
        assertEquals(200, csv.status(), csv.text());
        assertEquals("text/csv;charset=utf-8", csv.field("Content-Type"));
        assertEquals("native", csv.field("X-View-Runner"));
        assertEquals(
                "key,born,family\r\nPatient/a,1970-01-02,Abel\r\n"
                        + "Patient/b,,\"=B, \"\"x\"\"\"\r\nPatient/b,,Cain\r\n",
                csv.text());
        Answer headless =
                server.get("/ViewDefinition/names/$run?_format=csv&header=false&_limit=1");
        assertEquals("Patient/a,1970-01-02,Abel\r\n", headless.text());
        Answer ndjson = server.get("/ViewDefinition/names/$run", "Accept", "application/x-ndjson");
        assertEquals(3, ndjson.text().lines().count());
        assertEquals(
                "{\"key\":\"Patient/a\",\"born\":\"1970-01-02\",\"family\":\"Abel\"}",
                ndjson.text().lines().findFirst().orElse(""));
        Answer json = server.get("/ViewDefinition/names/$run?_format=json");
        byte[] wrapped = ("{\"rows\":" + json.text() + "}").getBytes(StandardCharsets.UTF_8);
        assertEquals(3, JsonReader.readObject(wrapped).objects("rows").size());
        Answer guarded =
                server.get(
                        "/ViewDefinition/names/$run?_format=csv&header=false&_formulaGuard=true");
        assertTrue(guarded.text().contains("Patient/b,,\"'=B, \"\"x\"\"\"\r\n"), guarded.text());
        String metrics = server.get(server.root() + "/metrics").text();
        assertTrue(metrics.contains("andiron_tables_total{runner=\"native\"}"), metrics);
        assertTrue(metrics.contains("andiron_table_rows_total{runner=\"native\"}"), metrics);
        Answer packed = server.get("/ViewDefinition/names/$run", "Accept-Encoding", "gzip");
        assertEquals("gzip", packed.field("Content-Encoding"));
    }

    @Test
    void aTableIsAParquetFile() {
        List<TableColumn> columns =
                List.of(
                        new TableColumn("key", ValueType.STRING, false),
                        new TableColumn("born", ValueType.STRING, false),
                        new TableColumn("family", ValueType.STRING, false));
        List<Row> rows =
                List.of(
                        Row.of(text("Patient/a"), text("1970-01-02"), text("Abel")),
                        Row.of(text("Patient/b"), Value.Absent.ABSENT, text("=B, \"x\"")),
                        Row.of(text("Patient/b"), Value.Absent.ABSENT, text("Cain")));
        String type = "application/vnd.apache.parquet";
        for (Answer answer :
                List.of(
                        server.get("/ViewDefinition/names/$run?_format=parquet"),
                        server.get(
                                "/ViewDefinition/names/$run",
                                "Accept",
                                type,
                                "Accept-Encoding",
                                "gzip"))) {
            assertEquals(200, answer.status(), answer.text());
            assertEquals(type, answer.field("Content-Type"));
            assertEquals("", answer.field("Content-Encoding"));
            assertEquals(rows, ParquetFile.read(answer.bytes(), columns).rows());
        }
    }

    /** What does not fit is told by the status, before anything is sent. */
    @Test
    void aValueThatParquetCannotHoldIsToldBeforeTheTable() {
        String view =
                """
                {"resourceType":"ViewDefinition","name":"days","status":"active","resource":"Patient",\
                "select":[{"column":[{"path":"%s","name":"day","tag":[{"name":"ansi/type","value":"%s"}]}]}]}\
                """;
        Answer partial =
                server.send("POST", RUN + "?_format=parquet", view.formatted("@2024", "DATE"));
        assertEquals(422, partial.status(), partial.text());
        assertTrue(
                partial.text().contains("the column 'day': '2024' is no DATE of Parquet"),
                partial.text());
        Answer whole =
                server.send("POST", RUN + "?_format=parquet", view.formatted("birthDate", "DATE"));
        assertEquals(200, whole.status(), whole.text());
        assertEquals(whole.field("Content-Length"), String.valueOf(whole.bytes().length));
    }

    private static Value text(String text) {
        return new Value.Text(text);
    }

    @Test
    void viewsAreFoundByUrlWithAndWithoutVersionAndByReference() {
        for (String reference :
                List.of(
                        "ViewDefinition/names",
                        server.base() + "/ViewDefinition/names",
                        "http://example.org/names%7C1")) {
            Answer answer = server.get(RUN + "?_format=csv&viewReference=" + reference);
            assertTrue(answer.text().startsWith("key,born,family"), reference + answer.text());
        }
        Answer newest = server.get(RUN + "?_format=csv&viewReference=http://example.org/names");
        assertTrue(newest.text().startsWith("key,born,surname"), newest.text());
        assertEquals(404, server.get(RUN + "?viewReference=ViewDefinition/none").status());
        assertEquals(404, server.get(RUN + "?viewReference=http://example.org/names%7C9").status());
        assertEquals(404, server.get("/ViewDefinition/none/$run").status());
        assertEquals(
                1,
                server.get("/ViewDefinition?url=http://example.org/names&version=2&_total=accurate")
                        .total());
    }

    @Test
    void tablesAreBoundToPatientsGroupsAndTimes() {
        String view =
                """
                {"resourceType":"Parameters","parameter":[{"name":"viewResource","resource":\
                {"resourceType":"ViewDefinition","status":"active","resource":"Observation",\
                "select":[{"column":[{"path":"id","name":"id"}]}]}},%s{"name":"_format","valueCode":"csv"},\
                {"name":"header","valueBoolean":false}]}\
                """;
        assertEquals("o\r\np\r\n", run(view.formatted("")));
        String patient = "{\"name\":\"patient\",\"valueReference\":{\"reference\":\"Patient/a\"}},";
        assertEquals("o\r\n", run(view.formatted(patient)));
        String group = "{\"name\":\"group\",\"valueReference\":{\"reference\":\"Group/g\"}},";
        assertEquals("p\r\n", run(view.formatted(group)));
        assertEquals("", run(view.formatted(patient + group)));
        String future = "{\"name\":\"_since\",\"valueInstant\":\"2999-01-01T00:00:00Z\"},";
        assertEquals("", run(view.formatted(future)));
        String unknown = "{\"name\":\"patient\",\"valueString\":\"Patient/none\"},";
        assertEquals(400, server.send("POST", RUN, view.formatted(unknown)).status());
        String nobody = "{\"name\":\"group\",\"valueString\":\"Group/none\"},";
        assertEquals(400, server.send("POST", RUN, view.formatted(nobody)).status());
    }

    private static String run(String parameters) {
        Answer answer = server.send("POST", RUN, parameters);
        assertEquals(200, answer.status(), answer.text());
        return answer.text();
    }

    @Test
    void whatIsWrongIsSaidWithItsPlace() {
        Answer invalid =
                server.send(
                        "POST",
                        RUN,
                        """
                        {"resourceType":"ViewDefinition","status":"active","resource":"Patient",\
                        "select":[{"column":[{"path":"nonsense(","name":"1bad"}]}]}\
                        """);
        assertEquals(422, invalid.status());
        assertTrue(
                invalid.text().contains("viewResource.select[0].column[0].path"), invalid.text());
        assertTrue(
                invalid.text().contains("viewResource.select[0].column[0].name"), invalid.text());
        assertEquals(400, server.get(RUN).status());
        assertEquals(400, server.get("/ViewDefinition/names/$run?_format=xlsx").status());
        assertEquals(400, server.get("/ViewDefinition/names/$run?_limit=-1").status());
        assertEquals(400, server.get("/ViewDefinition/names/$run?unknown=1").status());
        assertEquals(406, server.get("/ViewDefinition/names/$run", "Accept", "image/png").status());
        assertEquals(
                400,
                server.get("/ViewDefinition/names/$run?viewReference=ViewDefinition/names")
                        .status());
        Answer batch =
                server.send(
                        "POST",
                        "",
                        """
                        {"resourceType":"Bundle","type":"batch","entry":[{"request":\
                        {"method":"GET","url":"ViewDefinition/names/$run"}}]}\
                        """);
        assertTrue(batch.text().contains("\"501"), batch.text());
    }

    @Test
    void theRunnerAndItsPlanAreTold() {
        Answer plan = server.get("/ViewDefinition/names/$run?_explain=true");
        assertTrue(plan.text().contains("native: SELECT"), plan.text());
    }
}
