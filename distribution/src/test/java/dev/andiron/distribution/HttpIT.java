package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** What a well-behaved client never sends, and what only header fields tell. */
class HttpIT {
    @TempDir private static Path folder;
    private static ServerProcess server;
    private static Http http;

    @BeforeAll
    static void start() {
        server = ServerProcess.start(folder);
        http = new Http(server.base());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void tenantsDoNotSeeEachOther() {
        String path = "/Patient/tenant-1";
        String body = "{\"resourceType\":\"Patient\",\"id\":\"tenant-1\"}";
        assertEquals(201, http.put(path, body, "X-Tenant-ID", "a").status());
        assertEquals(200, http.get(path, "X-Tenant-ID", "a").status());
        for (String tenant : List.of("b", "default")) {
            assertEquals(404, http.get(path, "X-Tenant-ID", tenant).status());
            assertEquals(404, http.get(path + "/_history", "X-Tenant-ID", tenant).status());
            String found = http.get("/Patient?_id=tenant-1", "X-Tenant-ID", tenant).text();
            assertFalse(found.contains("\"entry\""), found);
        }
        assertEquals(404, http.get(path).status());
        refused(400, http.get(path, "X-Tenant-ID", "no/tenant"));
    }

    @Test
    void formatsAreNegotiated() {
        http.put("/Patient/format", "{\"resourceType\":\"Patient\",\"id\":\"format\"}");
        var xml = http.get("/Patient/format", "Accept", "application/fhir+xml");
        assertTrue(xml.field("Content-Type").orElse("").startsWith("application/fhir+xml"));
        assertTrue(xml.text().contains("<Patient xmlns=\"http://hl7.org/fhir\""), xml.text());
        var json = http.get("/Patient/format?_format=json", "Accept", "application/fhir+xml");
        assertTrue(json.text().startsWith("{"), json.text());
        var pretty = http.get("/Patient/format?_pretty=true");
        assertTrue(pretty.text().contains("\n"), pretty.text());
        refused(406, http.get("/Patient/format", "Accept", "text/csv"));
        refused(415, http.post("/Patient", "a,b", "Content-Type", "text/csv"));

        var created =
                http.post(
                        "/Patient",
                        "<Patient xmlns=\"http://hl7.org/fhir\"><active value=\"true\"/></Patient>",
                        "Content-Type",
                        "application/fhir+xml");
        assertEquals(201, created.status(), created.text());
        String stored = http.get(created.field("Location").orElseThrow()).text();
        assertTrue(stored.contains("\"active\":true"), stored);
    }

    @Test
    void bodiesMayBeCompressed() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(
                    "{\"resourceType\":\"Patient\",\"id\":\"zip\",\"active\":false}"
                            .getBytes(StandardCharsets.UTF_8));
        }
        var created =
                http.sendBytes(
                        "PUT", "/Patient/zip", packed.toByteArray(), "Content-Encoding", "gzip");
        assertEquals(201, created.status(), created.text());
        var plain = http.get("/metadata");
        var compressed = http.get("/metadata", "Accept-Encoding", "gzip");
        assertEquals("gzip", compressed.field("Content-Encoding").orElse(""));
        try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(compressed.bytes()))) {
            assertEquals(plain.bytes().length, unpacked.readAllBytes().length);
        }
    }

    @Test
    void headerFieldsTellVersionAndTime() {
        var created =
                http.put("/Patient/fields", "{\"resourceType\":\"Patient\",\"id\":\"fields\"}");
        assertEquals(201, created.status());
        assertEquals("W/\"1\"", created.field("ETag").orElse(""));
        assertTrue(
                created.field("Location").orElse("").endsWith("/Patient/fields/_history/1"),
                created.fields()::toString);
        var read = http.get("/Patient/fields");
        String time = read.field("Last-Modified").orElseThrow();
        var head = http.send("HEAD", "/Patient/fields", null);
        assertEquals(200, head.status());
        assertEquals(0, head.bytes().length);
        assertEquals(read.field("ETag"), head.field("ETag"));
        assertEquals(304, http.get("/Patient/fields", "If-None-Match", "W/\"1\"").status());
        assertEquals(304, http.get("/Patient/fields", "If-Modified-Since", time).status());
        assertEquals(200, http.get("/Patient/fields", "If-None-Match", "W/\"7\"").status());
        String body = "{\"resourceType\":\"Patient\",\"id\":\"fields\"}";
        refused(412, http.put("/Patient/fields", body, "If-None-Match", "*"));
        refused(412, http.delete("/Patient/fields", "If-Match", "W/\"9\""));
    }

    @Test
    void mergePatchesAndSubsets() {
        http.put(
                "/Patient/subset",
                """
                {"resourceType":"Patient","id":"subset","active":true,"gender":"male",
                 "name":[{"family":"Subset"}],"birthDate":"1980-01-01"}\
                """);
        var patched =
                http.send(
                        "PATCH",
                        "/Patient/subset",
                        "{\"gender\":null,\"active\":false}",
                        "Content-Type",
                        "application/merge-patch+json");
        assertEquals(200, patched.status(), patched.text());
        String whole = http.get("/Patient/subset").text();
        assertFalse(whole.contains("gender"), whole);
        assertTrue(whole.contains("\"active\":false"), whole);
        String some = http.get("/Patient/subset?_elements=birthDate").text();
        assertTrue(some.contains("SUBSETTED") && some.contains("1980-01-01"), some);
        assertFalse(some.contains("Subset\""), some);
        String summary = http.get("/Patient?_id=subset&_summary=count").text();
        assertTrue(summary.contains("\"total\":1"), summary);
        assertFalse(summary.contains("\"entry\""), summary);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "400 ! Patient ! {\"resourceType\":\"Patient\",}",
                "400 ! Patient ! {\"resourceType\":\"Patient\",\"active\":true,\"active\":true}",
                "400 ! Patient ! {\"resourceType\":\"Observation\"}",
                "400 ! Patient ! []",
                "422 ! Patient.nmae ! {\"resourceType\":\"Patient\",\"nmae\":[]}",
                "422 ! Patient.birthDate ! {\"resourceType\":\"Patient\",\"birthDate\":\"soon\"}",
                "422 ! Patient.name ! {\"resourceType\":\"Patient\",\"name\":{\"family\":\"x\"}}",
                "422 ! Patient.active ! {\"resourceType\":\"Patient\",\"active\":\"true\"}"
            })
    void wrongResourcesAreRefusedWithTheirPlace(int status, String place, String body) {
        var answer = http.post("/Patient", body);
        refusedAsOneOf(List.of(400, 422), answer);
        if (status == 422) {
            assertTrue(answer.text().contains(place), answer.text());
        }
    }

    @Test
    void absurdBodiesAreRefused() {
        refused(
                400,
                http.post(
                        "/Patient",
                        "{\"resourceType\":\"Patient\",\"extension\":"
                                + "[{\"extension\":".repeat(5000)));
        byte[] invalid =
                "{\"resourceType\":\"Patient\",\"id\":\"\u00e9\"}"
                        .getBytes(StandardCharsets.ISO_8859_1);
        refused(400, http.sendBytes("POST", "/Patient", invalid));
        refused(400, http.post("/Patient", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "400, GET, /Patient?unheard-of=1",
        "400, GET, /Patient?birthdate=yesterday",
        "404, GET, /Spaceship/1",
        "404, GET, /Patient/nobody",
        "404, GET, /Patient/nobody/_history",
        "404, GET, /Patient/nobody/_history/1",
        "405, DELETE, /metadata"
    })
    void whatIsRefusedIsExplained(int status, String method, String path) {
        refused(status, http.send(method, path, null));
    }

    @Test
    void unknownParametersMayBeIgnoredOnRequest() {
        var lenient = http.get("/Patient?unheard-of=1&_count=1", "Prefer", "handling=lenient");
        assertEquals(200, lenient.status());
        assertTrue(lenient.text().contains("unheard-of"), lenient.text());
    }

    @Test
    void manyIdenticalConditionalCreatesMakeOneResource() throws Exception {
        String body =
                "{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"urn:c\",\"value\":\"1\"}]}";
        List<Http.Answer> answers =
                together(
                        150,
                        () -> http.post("/Patient", body, "If-None-Exist", "identifier=urn:c|1"));
        assertEquals(
                List.of(), answers.stream().filter(answer -> answer.status() / 100 != 2).toList());
        String found = http.get("/Patient?identifier=urn:c%7C1&_summary=count").text();
        assertTrue(found.contains("\"total\":1"), found);
    }

    @Test
    void manyIdenticalConditionalTransactionsMakeOneOfEach() throws Exception {
        String body =
                """
                {"resourceType":"Bundle","type":"transaction","entry":[
                 {"fullUrl":"urn:uuid:0f7c1a52-4e4f-4f7e-9d20-111111111111",
                  "resource":{"resourceType":"Patient","identifier":[{"system":"urn:t","value":"1"}]},
                  "request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=urn:t|1"}},
                 {"resource":{"resourceType":"Basic","identifier":[{"system":"urn:t","value":"1"}],
                   "code":{"text":"x"},"subject":{"reference":"Patient?identifier=urn:t|1"}},
                  "request":{"method":"POST","url":"Basic","ifNoneExist":"identifier=urn:t|1"}}]}\
                """;
        List<Http.Answer> answers = together(150, () -> http.post("", body));
        assertEquals(
                List.of(),
                answers.stream()
                        .filter(answer -> answer.status() != 200)
                        .map(Http.Answer::text)
                        .toList());
        for (String type : List.of("Patient", "Basic")) {
            String found = http.get("/" + type + "?identifier=urn:t%7C1&_summary=count").text();
            assertTrue(found.contains("\"total\":1"), found);
        }
    }

    @Test
    void operatorsSeeHealthAndMetrics() {
        var operator = new Http(server.root());
        assertEquals(200, operator.get("health/live").status());
        assertTrue(operator.get("health/ready").text().contains("main"));
        http.get("/Patient/nobody");
        String metrics = operator.get("metrics", "Accept", "text/plain").text();
        assertTrue(metrics.contains("# TYPE "), metrics);
    }

    @Test
    void theSameBytesComeBack() {
        String body =
                "{\"resourceType\":\"Basic\",\"id\":\"bytes\",\"code\":{\"text\":\"\u00fc \\u20ac"
                        + " \uD83D\uDE00\"}}";
        assertEquals(201, http.put("/Basic/bytes", body).status());
        byte[] first = http.get("/Basic/bytes").bytes();
        assertArrayEquals(first, http.get("/Basic/bytes/_history/1").bytes());
        assertTrue(new String(first, StandardCharsets.UTF_8).contains("\u00fc"));
    }

    private static List<Http.Answer> together(int times, Callable<Http.Answer> call)
            throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Http.Answer>();
            for (Future<Http.Answer> future :
                    threads.invokeAll(java.util.Collections.nCopies(times, call))) {
                answers.add(future.get());
            }
            return answers;
        }
    }

    private static void refused(int status, Http.Answer answer) {
        refusedAsOneOf(List.of(status), answer);
    }

    private static void refusedAsOneOf(List<Integer> statuses, Http.Answer answer) {
        assertTrue(statuses.contains(answer.status()), answer.status() + answer.text());
        assertTrue(answer.text().contains("\"OperationOutcome\""), answer.text());
        assertTrue(answer.text().contains("\"diagnostics\""), answer.text());
        assertFalse(answer.text().contains("\tat "), answer.text());
    }
}
