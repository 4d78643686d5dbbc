package dev.andiron.server.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The loader against a server of our own that answers bundles. */
class LoaderTest {
    @TempDir private Path folder;
    private HttpServer server;
    private final List<JsonObject> received = Collections.synchronizedList(new ArrayList<>());
    private final List<String> tenants = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger refusals = new AtomicInteger();

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/fhir", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void sendsHospitalsThenPractitionersThenTheRest() throws Exception {
        write("Aaron.json", bundle("transaction", "patient"));
        write("practitionerInformation1.json", bundle("batch", "practitioner"));
        write("hospitalInformation1.json", bundle("batch", "hospital"));
        Files.writeString(folder.resolve("notes.txt"), "not for loading");

        LoadTally tally = load(List.of(folder), 4);

        assertEquals(List.of("hospital", "practitioner", "patient"), receivedNames());
        assertEquals(3, tally.resources());
        assertEquals(0, tally.failures());
    }

    @Test
    void sendsCompressedFilesAsTheyAreAndNamesTheTenant() throws Exception {
        write("one.json.gz", bundle("transaction", "zipped"));

        LoadTally tally = load(List.of(folder.resolve("one.json.gz")), 1);

        assertEquals(List.of("zipped"), receivedNames());
        assertEquals(new LoadTally.Count(1, 0), tally.counts().get("Patient"));
        assertTrue(tenants.contains("ward-7"), tenants::toString);
    }

    @Test
    void repeatsWhatTheServerHasNoTimeFor() throws Exception {
        write("one.json", bundle("transaction", "late"));
        refusals.set(3);

        LoadTally tally = load(List.of(folder), 1);

        assertEquals(List.of("late"), receivedNames());
        assertEquals(3, tally.retries());
        assertEquals(0, tally.failures());
    }

    @Test
    void cutsLinesIntoBatchesOfBoundedSize() throws Exception {
        int lines = LineBatches.MAX_ENTRIES * 2 + 7;
        String text =
                IntStream.range(0, lines)
                        .mapToObj(i -> "{\"resourceType\":\"Basic\",\"id\":\"b" + i + "\"}")
                        .collect(Collectors.joining("\n\n"));
        write("Basic.ndjson.gz", text);

        LoadTally tally = load(List.of(folder), 2);

        assertEquals(3, received.size());
        assertEquals(lines, tally.resources());
        var urls =
                received.stream()
                        .flatMap(bundle -> bundle.objects("entry").stream())
                        .map(entry -> entry.object("request").orElseThrow())
                        .map(request -> request.string("url").orElseThrow())
                        .collect(Collectors.toSet());
        assertEquals(lines, urls.size());
        assertTrue(urls.contains("Basic/b1006"), urls::toString);
        assertEquals(tally.bytes(), Files.size(folder.resolve("Basic.ndjson.gz")));
    }

    @Test
    void tellsEachFailureWithItsPlace() throws Exception {
        write(
                "mixed.ndjson",
                """
                {"resourceType":"Basic","id":"fine"}
                {"resourceType":"Basic","id":"refused"}
                no resource at all
                {"resourceType":"Basic"}
                """);
        write("searchset.json", bundle("searchset", "x"));
        write("patient.json", "{\"resourceType\":\"Patient\"}");
        write("whole.json", bundle("transaction", "refuse-all"));

        LoadTally tally = load(List.of(folder), 1);

        assertEquals(2, tally.resources());
        assertEquals(5, tally.failures());
        assertEquals(
                List.of(
                        "mixed.ndjson line 2: 422 Unprocessable: a reason",
                        "mixed.ndjson line 3: not a resource: ",
                        "patient.json: it holds Patient, not a Bundle",
                        "searchset.json: it is a Bundle of type 'searchset'; transaction and batch"
                                + " are loaded",
                        "whole.json: HTTP 422: a reason"),
                tally.firstFailures().stream()
                        .map(
                                failure ->
                                        folder.relativize(Path.of(failure.origin()))
                                                + ": "
                                                + failure.reason())
                        .map(text -> text.replaceAll("(not a resource: ).*", "$1"))
                        .sorted()
                        .toList());
    }

    @Test
    void saysWhatIsMissing() {
        var nothing = assertThrows(LoadException.class, () -> load(List.of(folder), 1));
        assertTrue(nothing.getMessage().startsWith("no .json, .ndjson"), nothing.getMessage());
        var absent =
                assertThrows(LoadException.class, () -> load(List.of(folder.resolve("x.json")), 1));
        assertTrue(absent.getMessage().startsWith("there is no file"), absent.getMessage());
    }

    private LoadTally load(List<Path> paths, int parallel) throws InterruptedException {
        var settings =
                new Loader.Settings(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/fhir"),
                        Optional.of("ward-7"),
                        parallel,
                        Duration.ofSeconds(30),
                        Optional.empty());
        return Loader.load(settings, paths, (tally, files, bytes) -> () -> {});
    }

    private List<String> receivedNames() {
        return received.stream()
                .flatMap(bundle -> bundle.objects("entry").stream())
                .map(entry -> entry.object("resource").orElseThrow())
                .map(resource -> resource.string("id").orElseThrow())
                .toList();
    }

    private static String bundle(String type, String id) {
        return """
        {"resourceType":"Bundle","type":"%s","entry":[{"resource":
          {"resourceType":"Patient","id":"%s"},"request":{"method":"POST","url":"Patient"}}]}
        """
                .formatted(type, id);
    }

    private void write(String name, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (name.endsWith(".gz")) {
            var compressed = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(compressed)) {
                gzip.write(bytes);
            }
            bytes = compressed.toByteArray();
        }
        Files.write(folder.resolve(name), bytes);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (exchange.getRequestURI().getPath().endsWith("/metadata")) {
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            byte[] body = body(exchange);
            if (refusals.getAndDecrement() > 0) {
                exchange.getResponseHeaders().set("Retry-After", "0");
                send(exchange, 503, outcome());
                return;
            }
            JsonObject bundle = JsonReader.readObject(body);
            tenants.add(exchange.getRequestHeaders().getFirst("X-Tenant-ID"));
            if (bundle.toString().contains("refuse-all")) {
                send(exchange, 422, outcome());
                return;
            }
            received.add(bundle);
            String entries =
                    bundle.objects("entry").stream()
                            .map(entry -> entry.object("resource").orElseThrow())
                            .map(LoaderTest::entryAnswer)
                            .collect(Collectors.joining(","));
            send(exchange, 200, "{\"resourceType\":\"Bundle\",\"entry\":[" + entries + "]}");
        }
    }

    private static String entryAnswer(JsonObject resource) {
        if (resource.string("id").orElse("").equals("refused")) {
            return "{\"response\":{\"status\":\"422 Unprocessable\",\"outcome\":"
                    + outcome()
                    + "}}";
        }
        return """
        {"response":{"status":"201 Created","location":"%s/1/_history/1"}}\
        """
                .formatted(resource.string("resourceType").orElseThrow());
    }

    private static String outcome() {
        return "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"diagnostics\":\"a reason\"}]}";
    }

    private static byte[] body(HttpExchange exchange) throws IOException {
        try (InputStream raw = exchange.getRequestBody()) {
            return "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))
                    ? new GZIPInputStream(raw).readAllBytes()
                    : raw.readAllBytes();
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
