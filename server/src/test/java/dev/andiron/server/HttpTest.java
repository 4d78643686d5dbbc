package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

class HttpTest {
    private static final String PATIENT =
            """
            {"resourceType":"Patient","id":"h","name":[{"family":"Größe"}]}\
            """;

    @TempDir static Path data;
    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        server =
                new RunningServer(
                        data,
                        Map.of(
                                "limits.body", "100KiB",
                                "limits.decompressed-body", "200KiB",
                                "limits.header", "4KiB",
                                "tenants.allowed", "default, other",
                                "server.allowed-origins", "https://app.example"));
        server.send("PUT", "/Patient/h", PATIENT);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest(name = "Accept {0}: {1} {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "application/fhir+json | 200 | application/fhir+json;charset=utf-8",
                "application/json, text/plain;q=0.5 | 200 | application/fhir+json;charset=utf-8",
                "text/plain;q=0.5, application/json;q=0.1 | 200 |"
                        + " application/fhir+json;charset=utf-8",
                "*/* | 200 | application/fhir+json;charset=utf-8",
                "text/html,*/*;q=0.8 | 200 | application/fhir+json;charset=utf-8",
                "text/csv | 406 | application/fhir+json;charset=utf-8",
                "application/fhir+json;fhirVersion=4.0 | 200 | application/fhir+json;charset=utf-8",
                "application/fhir+json;fhirVersion=5.0 | 406 | application/fhir+json;charset=utf-8",
            })
    void acceptChoosesTheFormat(String accept, int status, String type) {
        Answer answer = server.get("/Patient/h", "Accept", accept);
        assertEquals(status, answer.status(), answer.text());
        assertEquals(type, answer.field("Content-Type"));
    }

    @Test
    void prettyHasLines() {
        assertTrue(server.get("/Patient/h?_pretty=true").text().contains("\n"));
        assertFalse(server.get("/Patient/h?_pretty=false").text().contains("\n"));
    }

    @ParameterizedTest(name = "Content-Type {0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "application/fhir+json | 200",
                "application/json; charset=UTF-8 | 200",
                "application/json; charset=latin1 | 415",
                "text/plain | 415",
                "application/fhir+json; fhirVersion=5.0 | 415",
                "application/json-patch+json | 415",
            })
    void contentTypeIsChecked(String type, int status) {
        Answer answer = server.send("PUT", "/Patient/h", PATIENT, "Content-Type", type);
        assertEquals(status, answer.status(), answer.text());
    }

    @Test
    void gzipGoesInAndOut() throws IOException {
        String large = PATIENT.replace("Größe", "Größe ".repeat(5000).strip());
        Answer put =
                server.send(
                        "PUT",
                        "/Patient/h",
                        gzip(RunningServer.bytes(large)),
                        "Content-Encoding",
                        "gzip",
                        "Prefer",
                        "return=minimal");
        assertEquals(200, put.status(), put.text());
        Answer zipped = server.get("/Patient/h", "Accept-Encoding", "gzip");
        assertEquals("gzip", zipped.field("Content-Encoding"));
        byte[] plain = new GZIPInputStream(new ByteArrayInputStream(zipped.bytes())).readAllBytes();
        assertTrue(new String(plain, StandardCharsets.UTF_8).contains("Größe Größe"));
        assertTrue(zipped.bytes().length < plain.length / 10);
        assertEquals("", server.get("/Patient/h").field("Content-Encoding"));
        server.send("PUT", "/Patient/h", PATIENT);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    @Test
    void whoSendsFarTooMuchHearsWhy() {
        byte[] large = RunningServer.bytes(PATIENT + " ".repeat(4_000_000));
        for (int i = 0; i < 20; i++) {
            assertEquals(413, server.send("PUT", "/Patient/h", large).status());
        }
    }

    @Test
    void bodiesAreBoundedBeforeAndAfterDecompression() throws IOException {
        byte[] large = RunningServer.bytes(PATIENT + " ".repeat(150_000));
        assertEquals(413, server.send("PUT", "/Patient/h", large).status());
        byte[] larger = RunningServer.bytes(PATIENT + " ".repeat(300_000));
        Answer bomb = server.send("PUT", "/Patient/h", gzip(larger), "Content-Encoding", "gzip");
        assertEquals(413, bomb.status());
        assertTrue(bomb.diagnostics().getFirst().contains("decompresses"), bomb.text());
        assertEquals(
                400,
                server.send("PUT", "/Patient/h", "not gzip", "Content-Encoding", "gzip").status());
        assertEquals(
                415, server.send("PUT", "/Patient/h", PATIENT, "Content-Encoding", "br").status());
    }

    @Test
    void headersAreBoundedAndToldAsAnOutcome() {
        Answer answer = server.get("/Patient/h", "X-Long", "x".repeat(6000));
        assertEquals(431, answer.status());
        assertEquals("OperationOutcome", answer.json().string("resourceType").orElse(""));
    }

    @Test
    void aBrokenRequestLineIsToldAsAnOutcome() throws IOException {
        try (var socket = new Socket("127.0.0.1", server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(RunningServer.bytes("GET /fhir/Patient/%zz HTTP/1.0\r\n\r\n"));
            out.flush();
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
            assertTrue(answer.contains("OperationOutcome"), answer);
            assertFalse(answer.contains("\tat "), answer);
        }
    }

    @Test
    void methodsThatNobodyKnowsAreRefusedAsAnOutcome() {
        Answer answer = server.send("PROPFIND", "/Patient/h", (byte[]) null);
        assertEquals(405, answer.status());
        assertTrue(answer.field("Allow").contains("PATCH"));
        assertTrue(answer.diagnostics().getFirst().contains("PROPFIND"), answer.text());
    }

    @Test
    void listsMayComeInSeveralFields() {
        server.send("PUT", "/Patient/h", PATIENT);
        String version = server.get("/Patient/h").field("ETag");
        String[] tags = {"If-None-Match", "W/\"99\"", "If-None-Match", version};
        Answer unchanged = server.get("/Patient/h", tags);
        assertEquals(304, unchanged.status());
        assertEquals("", unchanged.field("Content-Type"));
        assertEquals("Accept, Accept-Encoding", unchanged.field("Vary"));
        String[] preferences = {"Prefer", "handling=lenient", "Prefer", "return=minimal"};
        Answer written = server.send("PUT", "/Patient/h", PATIENT, preferences);
        assertEquals("", written.text());
        assertEquals("", written.field("Content-Type"));
        String[] formats = {"Accept", "text/csv", "Accept", "application/fhir+xml"};
        assertTrue(server.get("/Patient/h", formats).text().startsWith("<Patient"));
    }

    @Test
    void aQueryThatIsNotUtf8IsRefused() {
        Answer answer = server.get("/Patient?family=%C3%28");
        assertEquals(400, answer.status(), answer.text());
        assertTrue(answer.diagnostics().getFirst().contains("UTF-8"), answer.text());
    }

    @Test
    void tenantsAreApartAndChecked() {
        Answer mine = server.send("PUT", "/Patient/t", PATIENT.replace("\"h\"", "\"t\""));
        assertEquals(201, mine.status());
        assertEquals(404, server.get("/Patient/t", "X-Tenant-ID", "other").status());
        Answer theirs =
                server.send(
                        "PUT",
                        "/Patient/t",
                        PATIENT.replace("\"h\"", "\"t\""),
                        "X-Tenant-ID",
                        "other");
        assertEquals(201, theirs.status());
        assertEquals("W/\"1\"", theirs.field("ETag"));
        assertEquals(204, server.send("DELETE", "/Patient/t", (byte[]) null).status());
        assertEquals(200, server.get("/Patient/t", "X-Tenant-ID", "other").status());
        assertEquals(400, server.get("/Patient/t", "X-Tenant-ID", "../x").status());
        assertEquals(403, server.get("/Patient/t", "X-Tenant-ID", "stranger").status());
        String[] two = {"X-Tenant-ID", "other", "X-Tenant-ID", "default"};
        assertEquals(400, server.get("/Patient/t", two).status());
    }

    @Test
    void requestIdsComeBackWhenTheyAreFitForALogLine() {
        assertEquals(
                "abc-1", server.get("/Patient/h", "X-Request-Id", "abc-1").field("X-Request-Id"));
        String made = server.get("/Patient/h", "X-Request-Id", "a b=c").field("X-Request-Id");
        assertFalse(made.isEmpty());
        assertFalse(made.contains(" "));
    }

    @Test
    void webPagesOfAllowedOriginsMayCall() {
        Answer preflight =
                server.send("OPTIONS", "/Patient", (byte[]) null, "Origin", "https://app.example");
        assertEquals(204, preflight.status());
        assertEquals("https://app.example", preflight.field("Access-Control-Allow-Origin"));
        assertTrue(preflight.field("Access-Control-Allow-Headers").contains("X-Tenant-ID"));
        assertEquals(
                List.of("Origin", "Accept, Accept-Encoding"),
                server.get("/Patient/h", "Origin", "https://app.example")
                        .http()
                        .headers()
                        .allValues("Vary"));
        Answer foreign = server.get("/Patient/h", "Origin", "https://evil.example");
        assertEquals("", foreign.field("Access-Control-Allow-Origin"));
    }

    @Test
    void theOperatorSeesHealthAndMetrics() {
        server.get("/Patient/h");
        Answer live = server.get(server.root() + "/health/live");
        assertEquals(200, live.status());
        Answer ready = server.get(server.root() + "/health/ready");
        assertEquals(200, ready.status(), ready.text());
        assertEquals("up", ready.json().string("status").orElse(""));
        assertEquals("main", ready.json().objects("backends").getFirst().string("name").orElse(""));
        String metrics = server.get(server.root() + "/metrics").text();
        assertTrue(
                metrics.contains("andiron_requests_seconds_count{interaction=\"read\""), metrics);
        assertTrue(metrics.contains("andiron_backend_calls_seconds_count{"), metrics);
        assertTrue(metrics.contains("andiron_sqlite_readers_busy{backend=\"main\"}"), metrics);
        assertTrue(metrics.contains("jvm_memory_used_bytes"), metrics);
        assertEquals(200, server.get(server.root() + "/").status());
        assertEquals(200, server.get("").status());
        assertEquals(404, server.get(server.root() + "/elsewhere").status());
    }

    @Test
    void capabilitiesTellWhatWorksAndAreCached() {
        Answer full = server.get("/metadata");
        assertEquals(200, full.status(), full.text());
        var rest = full.json().objects("rest").getFirst();
        var patient =
                rest.objects("resource").stream()
                        .filter(type -> type.string("type").orElse("").equals("Patient"))
                        .findFirst()
                        .orElseThrow();
        assertEquals("4.0.1", full.json().string("fhirVersion").orElse(""));
        assertTrue(patient.objects("interaction").toString().contains("history-instance"));
        assertTrue(patient.objects("searchParam").toString().contains("birthdate"));
        assertTrue(full.bytes().length < 400_000, "it has " + full.bytes().length + " bytes");
        var parameters = new ArrayList<>(patient.objects("searchParam"));
        assertTrue(rest.objects("searchParam").toString().contains("_lastUpdated"));
        parameters.addAll(rest.objects("searchParam"));
        for (var parameter : parameters) {
            String name = parameter.string("name").orElseThrow();
            String value = parameter.string("type").orElseThrow().equals("date") ? "2026" : "a";
            Answer answer = server.get("/Patient?_count=0&" + name + "=" + value);
            assertEquals(200, answer.status(), answer.text());
        }
        assertEquals(304, server.get("/metadata", "If-None-Match", full.field("ETag")).status());
    }
}
