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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Exports of tables over HTTP; one server for all cases but the one that restarts. */
class ViewExportTest {
    private static final String EXPORT = "/ViewDefinition/$viewdefinition-export";
    private static final String VIEW =
            """
            {"resourceType":"ViewDefinition","id":"names","url":"http://example.org/names",\
            "name":"names","status":"active","resource":"Patient","select":[\
            {"column":[{"path":"getResourceKey()","name":"key"}]},\
            {"forEach":"name","column":[{"path":"family","name":"family"}]}]}\
            """;
    private static final String BORN =
            """
            {"resourceType":"ViewDefinition","name":"born","status":"active",\
            "resource":"Patient","select":[{"column":[{"path":"birthDate","name":"born"}]}]}\
            """;

    @TempDir static Path data;
    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        server = new RunningServer(data.resolve("one"), Map.of("jobs.file-size", "16KiB"));
        fill(server);
    }

    private static void fill(RunningServer server) {
        String names =
                IntStream.range(0, 2_500)
                        .mapToObj("{\"family\":\"Abel the %d. of many of that name\"}"::formatted)
                        .collect(Collectors.joining(","));
        put(server, "Patient/a", "\"birthDate\":\"1970-01-02\",\"name\":[%s]".formatted(names));
        put(server, "Patient/b", "\"birthDate\":\"1980\",\"name\":[{\"family\":\"Cain\"}]");
        assertEquals(201, server.send("PUT", "/ViewDefinition/names", VIEW).status());
    }

    private static void put(RunningServer server, String url, String members) {
        String[] key = url.split("/");
        String body = "{\"resourceType\":\"%s\",\"id\":\"%s\",%s}";
        Answer answer = server.send("PUT", "/" + url, body.formatted(key[0], key[1], members));
        assertEquals(201, answer.status(), answer::text);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String given(String definition) {
        return "{\"name\":\"view\",\"part\":[{\"name\":\"viewResource\",\"resource\":%s}]}"
                .formatted(definition);
    }

    private static String stored(String name) {
        return """
        {"name":"view","part":[{"name":"name","valueString":"%s"},\
        {"name":"viewReference","valueReference":{"reference":"ViewDefinition/names"}}]}\
        """
                .formatted(name);
    }

    private static String text(String name, String value) {
        return "{\"name\":\"%s\",\"valueString\":\"%s\"}".formatted(name, value);
    }

    private static String body(String... parameters) {
        return "{\"resourceType\":\"Parameters\",\"parameter\":[%s]}"
                .formatted(String.join(",", parameters));
    }

    private static Answer ask(String tenant, String... parameters) {
        return server.send(
                "POST", EXPORT, body(parameters), "Prefer", "respond-async", "X-Tenant-ID", tenant);
    }

    /** The status of a job that has ended. */
    private static Answer ended(RunningServer at, String url, String tenant) {
        Answer answer = at.get(url, "X-Tenant-ID", tenant);
        for (int i = 0; answer.status() == 202 && i < 100_000; i++) {
            assertEquals("1", answer.field("Retry-After"));
            assertTrue(!answer.field("X-Progress").isEmpty());
            answer = at.get(url, "X-Tenant-ID", tenant);
        }
        return answer;
    }

    private static Answer result(String tenant, String... parameters) {
        Answer accepted = ask(tenant, parameters);
        assertEquals(202, accepted.status(), accepted::text);
        Answer status = ended(server, accepted.field("Content-Location"), tenant);
        assertEquals(303, status.status(), status::text);
        assertEquals(accepted.field("Content-Location") + "/result", status.field("Location"));
        return server.get(status.field("Location"), "X-Tenant-ID", tenant);
    }

    private static String value(JsonObject parameters, String name, String member) {
        return parameters.objects("parameter").stream()
                .filter(each -> each.string("name").orElse("").equals(name))
                .findFirst()
                .flatMap(each -> each.string(member))
                .orElse("");
    }

    /** The URLs of the files of an output. */
    private static List<String> files(Answer result, String name) {
        return result.json().objects("parameter").stream()
                .filter(each -> each.string("name").orElse("").equals("output"))
                .map(each -> each.objects("part"))
                .filter(parts -> parts.getFirst().string("valueString").orElse("").equals(name))
                .flatMap(List::stream)
                .flatMap(part -> part.string("valueUri").stream())
                .toList();
    }

    @Test
    void severalViewsBecomeFilesThatTogetherAreTheirTables() {
        Answer result =
                result(
                        "default",
                        given(BORN),
                        stored("again"),
                        text("_format", "csv"),
                        text("clientTrackingId", "mine"));
        assertEquals(200, result.status(), result::text);
        assertEquals("completed", value(result.json(), "status", "valueCode"));
        assertEquals("csv", value(result.json(), "_format", "valueCode"));
        assertEquals("mine", value(result.json(), "clientTrackingId", "valueString"));
        assertTrue(!value(result.json(), "exportStartTime", "valueInstant").isEmpty());
        List<String> born = files(result, "born");
        assertEquals(1, born.size());
        Answer one = server.get(born.getFirst(), "Accept", "text/csv");
        assertEquals("text/csv;charset=utf-8", one.field("Content-Type"));
        assertEquals("born\r\n1970-01-02\r\n1980\r\n", one.text());
        List<String> names = files(result, "again");
        assertTrue(names.size() > 1, () -> names.toString());
        var rows = new StringBuilder("key,family\r\n");
        for (String url : names) {
            String file = server.get(url).text();
            assertTrue(file.startsWith("key,family\r\n"), file);
            rows.append(file.substring("key,family\r\n".length()));
        }
        Answer run = server.get("/ViewDefinition/names/$run?_format=csv");
        assertEquals(run.text(), rows.toString());
    }

    @Test
    void filesAndJobsAreOfTheirTenantAloneAndGoWithTheJob() {
        Answer result = result("default", stored("names"));
        String file = files(result, "names").getFirst();
        String status =
                server.base() + "/$job-status/" + value(result.json(), "exportId", "valueString");
        for (String url : List.of(file, status, status + "/result")) {
            assertEquals(404, server.get(url, "X-Tenant-ID", "other").status(), url);
        }
        Answer foreign = server.send("DELETE", status, (String) null, "X-Tenant-ID", "other");
        assertEquals(404, foreign.status());
        assertEquals(200, server.get(file).status());
        assertEquals(404, server.get(file + "x").status());
        Answer other = result("other", given(BORN), text("_format", "ndjson"));
        List<String> empty = files(other, "born");
        assertEquals(1, empty.size());
        assertEquals("", server.get(empty.getFirst(), "X-Tenant-ID", "other").text());
        assertEquals(404, server.get(empty.getFirst()).status());
        assertEquals(202, server.send("DELETE", status, (String) null).status());
        for (String url : List.of(file, status, status + "/result")) {
            assertEquals(404, server.get(url).status(), url);
        }
    }

    @Test
    void filtersAndFormatsAreThoseOfTheRun() {
        Answer ndjson = result("default", stored("n"), text("patient", "Patient/b"));
        String row = "{\"key\":\"Patient/b\",\"family\":\"Cain\"}";
        assertEquals(row + "\n", server.get(files(ndjson, "n").getFirst()).text());
        Answer csv =
                result(
                        "default",
                        stored("n"),
                        text("patient", "b"),
                        text("_format", "csv"),
                        "{\"name\":\"header\",\"valueBoolean\":false}");
        assertEquals("Patient/b,Cain\r\n", server.get(files(csv, "n").getFirst()).text());
        Answer late =
                result(
                        "default",
                        given(BORN),
                        text("_since", "2999-01-01"),
                        text("_format", "json"));
        assertEquals("[]", server.get(files(late, "born").getFirst()).text().replaceAll("\\s", ""));
    }

    @Test
    void parquetFilesTogetherHoldTheTable() {
        Answer result = result("default", stored("n"), text("_format", "parquet"));
        assertEquals("parquet", value(result.json(), "_format", "valueCode"));
        List<TableColumn> columns =
                List.of(
                        new TableColumn("key", ValueType.STRING, false),
                        new TableColumn("family", ValueType.STRING, false));
        var rows = new StringBuilder();
        List<String> names = files(result, "n");
        assertTrue(names.size() > 1, names::toString);
        for (String url : names) {
            Answer file = server.get(url, "Accept-Encoding", "gzip");
            assertEquals("application/vnd.apache.parquet", file.field("Content-Type"));
            assertEquals("", file.field("Content-Encoding"));
            for (Row row : ParquetFile.read(file.bytes(), columns).rows()) {
                Value.Text key = (Value.Text) row.values().get(0);
                Value.Text family = (Value.Text) row.values().get(1);
                rows.append(key.value()).append(',').append(family.value()).append("\r\n");
            }
        }
        Answer csv = server.get("/ViewDefinition/names/$run?_format=csv&header=false");
        assertEquals(csv.text(), rows.toString());
    }

    @Test
    void aValueThatParquetCannotHoldFailsTheJob() {
        String tag = ",\"tag\":[{\"name\":\"ansi/type\",\"value\":\"DATE\"}]}";
        Answer result =
                result(
                        "default",
                        given(BORN.replace("\"born\"}", "\"born\"" + tag)),
                        text("_format", "parquet"));
        assertEquals(500, result.status(), result::text);
        String reason = result.diagnostics().getFirst();
        assertTrue(reason.contains("the view 'born': the column 'born': '1980'"), reason);
    }

    /** The reason names the view once, by its own name or that of its table. */
    @Test
    void aRuleThatAResourceBreaksFailsTheJob() {
        String several = BORN.replace("birthDate", "name.family");
        Answer named = result("default", given(several), text("_format", "csv"));
        assertEquals(500, named.status(), named::text);
        String reason = named.diagnostics().getFirst();
        assertTrue(reason.contains("the view 'born' on Patient/a: "), reason);
        assertEquals(reason.indexOf("the view '"), reason.lastIndexOf("the view '"), reason);
    }

    @Test
    void formulasAreGuardedWhenThatIsAskedFor() {
        String formula = BORN.replace("birthDate", "'=' & id").replace("\"born\"}", "\"f\"}");
        Answer result =
                result(
                        "default",
                        given(formula),
                        text("_format", "csv"),
                        "{\"name\":\"_formulaGuard\",\"valueBoolean\":true}");
        String file = server.get(files(result, "born").getFirst()).text();
        assertEquals("f\r\n\"'=a\"\r\n\"'=b\"\r\n", file);
    }

    @Test
    void aPartOfAFileIsSentByItsRange() {
        String url =
                files(result("default", given(BORN), text("_format", "csv")), "born").getFirst();
        Answer whole = server.get(url);
        String all = "born\r\n1970-01-02\r\n1980\r\n";
        assertEquals(all, whole.text());
        assertEquals("bytes", whole.field("Accept-Ranges"));
        assertEquals("24", whole.field("Content-Length"));
        String tag = whole.field("ETag");
        Answer head = server.send("HEAD", url, (String) null, "Range", "bytes=0-1");
        assertEquals(200, head.status());
        assertEquals("24", head.field("Content-Length"));
        part(url, "bytes=0-3", "bytes 0-3/24", "born");
        part(url, "bytes=6-", "bytes 6-23/24", all.substring(6));
        part(url, "bytes=-6", "bytes 18-23/24", "1980\r\n");
        part(url, "bytes=20-99", "bytes 20-23/24", "80\r\n");
        for (String absent : List.of("bytes=24-", "bytes=-0")) {
            Answer none = server.get(url, "Range", absent);
            assertEquals(416, none.status());
            assertEquals("bytes */24", none.field("Content-Range"));
            assertTrue(none.diagnostics().getFirst().contains("24 bytes"), none::text);
        }
        for (String other : List.of("bytes=0-1,4-5", "rows=0-1", "bytes=5-4", "bytes=-")) {
            Answer complete = server.get(url, "Range", other);
            assertEquals(200, complete.status(), other);
            assertEquals(all, complete.text());
        }
        assertEquals(206, server.get(url, "Range", "bytes=0-3", "If-Range", tag).status());
        assertEquals(200, server.get(url, "Range", "bytes=0-3", "If-Range", "\"x\"").status());
        Answer packed = server.get(url, "Accept-Encoding", "gzip");
        assertEquals("gzip", packed.field("Content-Encoding"));
        assertTrue(!packed.field("ETag").equals(tag), packed.field("ETag"));
    }

    private static void part(String url, String range, String told, String text) {
        Answer part = server.get(url, "Range", range, "Accept-Encoding", "gzip");
        assertEquals(206, part.status(), range);
        assertEquals(told, part.field("Content-Range"));
        assertEquals("", part.field("Content-Encoding"));
        assertEquals(text, part.text());
    }

    @Test
    void aFailedJobTellsWhyAtItsResult() {
        String several = BORN.replace("\"birthDate\"", "\"name.family\"");
        Answer result =
                result("default", given(BORN.replace("born\",\"s", "b\",\"s")), given(several));
        assertEquals(500, result.status(), result::text);
        String reason = result.diagnostics().getFirst();
        assertTrue(reason.contains("the view 'born'"), reason);
        assertTrue(reason.contains("several values"), reason);
    }

    @Test
    void whatCannotBeDoneIsRefusedBeforeThereIsAJob() {
        assertEquals(400, server.send("POST", EXPORT, body(given(BORN))).status());
        assertEquals(405, server.get(EXPORT, "Prefer", "respond-async").status());
        Answer invalid =
                ask(
                        "default",
                        given(BORN.replace("birthDate", "birthDates")),
                        given(VIEW.replace("\"path\":\"family\"", "\"path\":\"famly\"")));
        assertEquals(422, invalid.status(), invalid::text);
        assertTrue(invalid.text().contains("view[0].viewResource.select[0]"), invalid::text);
        assertTrue(invalid.text().contains("view[1].viewResource.select[1]"), invalid::text);
        refused(400, "view");
        refused(400, "view[0]", "{\"name\":\"view\",\"part\":[" + text("name", "x") + "]}");
        refused(400, "twice", given(BORN), given(BORN));
        refused(
                400,
                "view[0].names",
                given(BORN).replace("\"part\":[", "\"part\":[" + text("names", "x") + ","));
        refused(400, "view[0].name", stored("../x"));
        refused(400, "avro", given(BORN), text("_format", "avro"));
        refused(400, "Patient/none", given(BORN), text("patient", "Patient/none"));
        refused(400, "source", given(BORN), text("source", "x"));
        refused(404, "ViewDefinition/none", stored("n").replace("/names", "/none"));
    }

    private static void refused(int status, String reason, String... parameters) {
        Answer answer = ask("default", parameters);
        assertEquals(status, answer.status(), answer::text);
        assertTrue(answer.text().contains(reason), answer::text);
    }

    @Test
    void anExportOutlivesItsServerAndACancelledOneIsGone() throws IOException {
        Path path = data.resolve("two");
        String kept;
        try (var idle = new RunningServer(path, Map.of("jobs.workers", "0"))) {
            fill(idle);
            Answer first = idle.send("POST", EXPORT, body(given(BORN)), "Prefer", "respond-async");
            kept = first.field("Content-Location").substring(idle.base().length());
            Answer waits = idle.get(kept);
            assertEquals(202, waits.status());
            assertEquals("accepted", waits.field("X-Progress"));
            assertEquals("1", waits.field("Retry-After"));
            assertEquals(404, idle.get(kept + "/result").status());
            String second =
                    idle.send("POST", EXPORT, body(given(BORN)), "Prefer", "respond-async")
                            .field("Content-Location");
            assertEquals(202, idle.send("DELETE", second, (String) null).status());
            assertEquals(404, idle.get(second).status());
            assertEquals(404, idle.send("DELETE", second, (String) null).status());
        }
        try (var working = RunningServer.in(path)) {
            assertEquals(303, ended(working, kept, "default").status());
            Answer result = working.get(kept + "/result");
            String file = working.get(files(result, "born").getFirst()).text();
            assertEquals("{\"born\":\"1970-01-02\"}\n{\"born\":\"1980\"}\n", file);
        }
    }
}
