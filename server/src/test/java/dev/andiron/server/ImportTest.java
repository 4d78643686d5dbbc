package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/** Imports over HTTP; one server and one server of files for all cases, a tenant for each. */
class ImportTest {
    private static final String NDJSON = "application/fhir+ndjson";

    @TempDir static Path data;
    private static RunningServer server;
    private static HttpServer files;
    private static final Map<String, byte[]> CONTENT = new ConcurrentHashMap<>();

    @BeforeAll
    static void start() throws IOException {
        files = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        files.createContext("/", ImportTest::serve);
        files.start();
        Files.createDirectories(data.resolve("in"));
        server =
                new RunningServer(
                        data.resolve("one"),
                        Map.of(
                                "import.urls",
                                remote("/open/") + ", s3://bucket/in/",
                                "import.s3-endpoint",
                                remote(""),
                                "import.s3-access-key",
                                "key",
                                "import.s3-secret-key",
                                "secret",
                                "import.directories",
                                data.resolve("in").toString(),
                                "import.upload",
                                "1MiB",
                                "import.line",
                                "64KiB",
                                "import.batch",
                                "7"));
    }

    @AfterAll
    static void stop() {
        server.close();
        files.stop(0);
    }

    private static String remote(String path) {
        return "http://127.0.0.1:" + files.getAddress().getPort() + path;
    }

    private static void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.startsWith("/open/away")) {
                exchange.getResponseHeaders().add("Location", remote("/closed/patients.ndjson"));
                exchange.sendResponseHeaders(302, -1);
                return;
            }
            String query = String.valueOf(exchange.getRequestURI().getQuery());
            boolean isSigned = query.matches("X-Amz-Algorithm=.*&X-Amz-Signature=[0-9a-f]{64}");
            byte[] content = CONTENT.get(path);
            if (content == null || path.startsWith("/bucket/") != isSigned) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(bytes(text));
        }
        return bytes.toByteArray();
    }

    private static String patient(String id, String family) {
        return "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"name\":[{\"family\":\"%s\"}]}"
                .formatted(id, family);
    }

    private static String patients(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> patient("p" + i, "Family" + i))
                .collect(Collectors.joining("\n"));
    }

    private static Answer submit(String tenant, String body, String... more) {
        String[] fields = {"Prefer", "respond-async", "X-Tenant-ID", tenant};
        String[] all =
                List.of(fields, more).stream().flatMap(Arrays::stream).toArray(String[]::new);
        return server.send("POST", "/$import", body, all);
    }

    private static JsonObject ended(Answer accepted, String tenant) {
        assertEquals(202, accepted.status(), accepted::text);
        String url = accepted.field("Content-Location");
        Answer answer = server.get(url, "X-Tenant-ID", tenant);
        for (int i = 0; answer.status() == 202 && i < 100_000; i++) {
            answer = server.get(url, "X-Tenant-ID", tenant);
        }
        assertEquals(200, answer.status(), answer::text);
        assertEquals("application/json", answer.field("Content-Type"));
        return answer.json();
    }

    private static long number(JsonObject json, String name) {
        return ((JsonNumber) json.get(name)).decimal().longValueExact();
    }

    private static JsonObject output(JsonObject manifest, String type) {
        return manifest.objects("output").stream()
                .filter(each -> each.string("type").orElse("").equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> errors(JsonObject manifest, String tenant) {
        return manifest.objects("error").stream()
                .map(file -> server.get(file.string("url").orElseThrow(), "X-Tenant-ID", tenant))
                .peek(file -> assertEquals(NDJSON, file.field("Content-Type")))
                .flatMap(file -> file.text().lines())
                .toList();
    }

    private static String input(String... urls) {
        return "{\"inputFormat\":\"application/fhir+ndjson\",\"inputSource\":\"http://x\",\"input\":[%s]}"
                .formatted(
                        List.of(urls).stream()
                                .map("{\"url\":\"%s\"}"::formatted)
                                .collect(Collectors.joining(",")));
    }

    private static long version(String tenant, String url) {
        Answer answer = server.get(url, "X-Tenant-ID", tenant);
        assertEquals(200, answer.status(), answer::text);
        return Long.parseLong(
                answer.json()
                        .object("meta")
                        .flatMap(meta -> meta.string("versionId"))
                        .orElseThrow());
    }

    @Test
    void filesOfTheListAndOfFoldersAreStoredUnderTheirIdsAndAgainWithoutNewVersions()
            throws IOException {
        Files.write(data.resolve("in/a.ndjson"), bytes(patients(0, 20) + "\n\n"));
        Files.write(data.resolve("in/b.ndjson.gz"), gzip(patients(20, 40)));
        CONTENT.put("/open/c.ndjson", bytes(patients(40, 60)));
        CONTENT.put("/open/d.ndjson", gzip(patients(60, 80)));
        String body =
                input(
                        data.resolve("in/a.ndjson").toUri().toString(),
                        data.resolve("in/b.ndjson.gz").toUri().toString(),
                        remote("/open/c.ndjson"),
                        remote("/open/d.ndjson"));
        JsonObject first = ended(submit("files", body), "files");
        assertEquals(80, number(first, "stored"));
        assertEquals(80, number(first, "searchable"));
        assertEquals(0, number(first, "failed"));
        assertEquals(80, number(output(first, "Patient"), "created"));
        assertEquals(80, server.get("/Patient?_summary=count", "X-Tenant-ID", "files").total());
        assertEquals(1, server.get("/Patient?family=Family77", "X-Tenant-ID", "files").total());
        JsonObject second = ended(submit("files", body), "files");
        assertEquals(80, number(output(second, "Patient"), "unchanged"));
        assertEquals(1, version("files", "/Patient/p79"));
        Files.write(data.resolve("in/a.ndjson"), bytes(patient("p3", "Other")));
        JsonObject third =
                ended(
                        submit("files", input(data.resolve("in/a.ndjson").toUri().toString())),
                        "files");
        assertEquals(1, number(output(third, "Patient"), "updated"));
        assertEquals(2, version("files", "/Patient/p3"));
    }

    /** More batches than are stored at once are new, so nobody looks for what comes behind them. */
    @Test
    void whatIsThereBehindMuchThatIsNewIsComparedAllTheSame() throws IOException {
        Path file = data.resolve("in/mixed.ndjson");
        String body = input(file.toUri().toString());
        Files.write(file, bytes(patients(200, 240)));
        assertEquals(40, number(ended(submit("mixed", body), "mixed"), "stored"));
        Answer gone = server.send("DELETE", "/Patient/p202", "", "X-Tenant-ID", "mixed");
        assertEquals(204, gone.status(), gone::text);
        Files.write(
                file,
                bytes(
                        patients(0, 201)
                                + "\n"
                                + patient("p201", "Other")
                                + "\n"
                                + patients(202, 240)));

        JsonObject counts = output(ended(submit("mixed", body), "mixed"), "Patient");

        assertEquals(201, number(counts, "created"), counts::toString);
        assertEquals(1, number(counts, "updated"), counts::toString);
        assertEquals(38, number(counts, "unchanged"), counts::toString);
        assertEquals(1, version("mixed", "/Patient/p199"));
        assertEquals(1, version("mixed", "/Patient/p200"));
        assertEquals(2, version("mixed", "/Patient/p201"));
        assertEquals(3, version("mixed", "/Patient/p202"));
        assertEquals(1, version("mixed", "/Patient/p239"));
    }

    @Test
    void eachBrokenLineIsToldWithItsNumber() throws IOException {
        CONTENT.put(
                "/open/broken.ndjson",
                bytes(
                        String.join(
                                "\n",
                                patient("ok", "Fine"),
                                "{\"resourceType\":\"Patient\",",
                                "{\"resourceType\":\"Starship\",\"id\":\"x\"}",
                                "{\"resourceType\":\"Patient\",\"id\":\"y\",\"gender\":7}",
                                "",
                                "{\"resourceType\":\"Patient\",\"id\":\"not an id\"}",
                                "{\"resourceType\":\"Patient\",\"id\":\"z\",\"name\":[{\"text\":\""
                                        + "x".repeat(70_000)
                                        + "\"}]}",
                                "{\"resourceType\":\"Observation\",\"id\":\"o\",\"status\":\"final\","
                                    + "\"code\":{\"text\":\"c\"},\"subject\":{\"reference\":"
                                    + "\"Patient?identifier=a|nobody\"}}",
                                patient("last", "Fine"))));
        JsonObject manifest = ended(submit("lines", input(remote("/open/broken.ndjson"))), "lines");
        assertEquals(2, number(manifest, "stored"));
        assertEquals(6, number(manifest, "failed"));
        List<String> errors = errors(manifest, "lines");
        assertEquals(6, errors.size());
        List<Long> lines =
                errors.stream()
                        .map(RunningServer::bytes)
                        .map(JsonReader::readObject)
                        .map(ImportTest::line)
                        .sorted()
                        .toList();
        assertEquals(List.of(2L, 3L, 4L, 6L, 7L, 8L), lines);
        assertTrue(
                errors.stream().allMatch(each -> each.contains(remote("/open/broken.ndjson"))),
                errors::toString);
        assertEquals(1, version("lines", "/Patient/last"));
    }

    private static long line(JsonObject outcome) {
        return outcome.objects("issue").getFirst().objects("extension").stream()
                .filter(each -> each.string("url").orElse("").endsWith("issue-line"))
                .map(each -> number(each, "valueInteger"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void laterLinesWinOverEarlierOnesOfTheSameId() {
        String text =
                IntStream.range(0, 30)
                        .mapToObj(i -> patient("same", "Family" + i) + "\n" + patient("o" + i, "X"))
                        .collect(Collectors.joining("\n"));
        Answer answer =
                server.send(
                        "POST", "/$import", text, "Content-Type", NDJSON, "X-Tenant-ID", "same");
        assertEquals(200, answer.status(), answer::text);
        assertEquals(30, version("same", "/Patient/same"));
        assertEquals(1, server.get("/Patient?family=Family29", "X-Tenant-ID", "same").total());
    }

    @Test
    void linesWithoutIdsGetTheSameOnesAgain() {
        String text = "{\"resourceType\":\"Patient\",\"active\":true}\n".repeat(3);
        for (String expected : List.of("created", "unchanged")) {
            Answer answer =
                    server.send(
                            "POST",
                            "/$import?source=none.ndjson&line=5",
                            text,
                            "Content-Type",
                            NDJSON,
                            "X-Tenant-ID",
                            "none");
            assertEquals(200, answer.status(), answer::text);
            JsonObject output =
                    answer.json().objects("parameter").stream()
                            .filter(each -> each.string("name").orElse("").equals("output"))
                            .findFirst()
                            .orElseThrow();
            assertTrue(
                    output.toString().contains("\"%s\",\"valueInteger\":3".formatted(expected)),
                    output::toString);
        }
        assertEquals(3, server.get("/Patient?_summary=count", "X-Tenant-ID", "none").total());
    }

    @Test
    void anUploadIsKeptAndThenImported() throws IOException {
        Answer accepted =
                server.send(
                        "POST",
                        "/$import?source=mine.ndjson.gz",
                        gzip(patients(0, 50) + "\nbroken"),
                        "Content-Type",
                        NDJSON,
                        "Content-Encoding",
                        "gzip",
                        "Prefer",
                        "respond-async",
                        "X-Tenant-ID",
                        "upload");
        JsonObject manifest = ended(accepted, "upload");
        assertEquals(50, number(manifest, "stored"));
        assertEquals(1, number(manifest, "failed"));
        assertTrue(errors(manifest, "upload").getFirst().contains("mine.ndjson.gz"));
        Answer large =
                server.send(
                        "POST",
                        "/$import",
                        new byte[(1 << 20) + 1],
                        "Content-Type",
                        NDJSON,
                        "Prefer",
                        "respond-async");
        assertEquals(413, large.status(), large::text);
    }

    @Test
    void transactionsAreDoneWholeWithTheirIdsAndTwiceWithoutHarm() {
        CONTENT.put(
                "/open/bundle.json",
                bytes(
                        """
                        {"resourceType":"Bundle","type":"transaction","entry":[
                        {"fullUrl":"urn:uuid:9f0e2a53-0a62-4e6d-8f2f-3a0c8a4c0001",
                         "resource":{"resourceType":"Patient","id":"9f0e2a53-0a62-4e6d-8f2f-3a0c8a4c0001",
                          "identifier":[{"system":"a","value":"b"}]},
                         "request":{"method":"POST","url":"Patient"}},
                        {"fullUrl":"urn:uuid:9f0e2a53-0a62-4e6d-8f2f-3a0c8a4c0002",
                         "resource":{"resourceType":"Observation","status":"final","code":{"text":"c"},
                          "subject":{"reference":"urn:uuid:9f0e2a53-0a62-4e6d-8f2f-3a0c8a4c0001"}},
                         "request":{"method":"POST","url":"Observation"}}]}
                        """));
        String body = "{\"input\":[{\"url\":\"%s\"}]}".formatted(remote("/open/bundle.json"));
        JsonObject first = ended(submit("bundle", body), "bundle");
        assertEquals(2, number(first, "stored"), first::toString);
        String subject = "/Observation?subject=Patient/9f0e2a53-0a62-4e6d-8f2f-3a0c8a4c0001";
        assertEquals(1, server.get(subject, "X-Tenant-ID", "bundle").total());
        JsonObject second = ended(submit("bundle", body), "bundle");
        assertEquals(1, number(output(second, "Patient"), "unchanged"), second::toString);
        assertEquals(1, number(output(second, "Observation"), "unchanged"), second::toString);
        assertEquals(1, version("bundle", "/Patient/9f0e2a53-0a62-4e6d-8f2f-3a0c8a4c0001"));
    }

    @Test
    void entriesOfOtherBundlesStandForThemselves() {
        String body =
                """
                {"resourceType":"Bundle","type":"batch","entry":[
                {"resource":%s,"request":{"method":"PUT","url":"Patient/one"}},
                {"request":{"method":"DELETE","url":"Patient/two"}},
                {"request":{"method":"GET","url":"Patient"}}]}
                """
                        .formatted(patient("one", "One"));
        server.send("PUT", "/Patient/two", patient("two", "Two"), "X-Tenant-ID", "batch");
        Answer answer = server.send("POST", "/$import", body, "X-Tenant-ID", "batch");
        assertEquals(200, answer.status(), answer::text);
        assertTrue(answer.text().contains("line 3: An entry of an imported batch"), answer::text);
        assertEquals(410, server.get("/Patient/two", "X-Tenant-ID", "batch").status());
        assertEquals(1, version("batch", "/Patient/one"));
    }

    @Test
    void objectsOfABucketAreReadBySignedUrls() {
        CONTENT.put("/bucket/in/some patients.ndjson", bytes(patients(0, 20)));
        String input = "{\"storageDetail\":{\"type\":\"s3\"},\"input\":[{\"url\":\"s3://%s\"}]}";
        JsonObject answer =
                ended(
                        submit("objects", input.formatted("bucket/in/some%20patients.ndjson")),
                        "objects");
        assertEquals(20, number(answer, "stored"));
        assertEquals(0, number(answer, "failed"));
        JsonObject missing =
                ended(submit("objects", input.formatted("bucket/in/none.ndjson")), "objects");
        assertEquals(1, number(missing, "failed"));
        for (String outside : List.of("bucket/out/a.ndjson", "other/in/a.ndjson")) {
            Answer refused = submit("objects", input.formatted(outside));
            assertEquals(400, refused.status(), refused::text);
            assertTrue(refused.text().contains("import.urls"), refused::text);
        }
    }

    @Test
    void nothingButTheListIsFetched() throws IOException {
        CONTENT.put("/closed/patients.ndjson", bytes(patients(0, 1)));
        Path outside = Files.write(data.resolve("outside.ndjson"), bytes(patients(0, 1)));
        Files.deleteIfExists(data.resolve("in/link.ndjson"));
        Path link = Files.createSymbolicLink(data.resolve("in/link.ndjson"), outside);
        for (String url :
                List.of(
                        remote("/closed/patients.ndjson"),
                        remote("/open/../closed/patients.ndjson"),
                        remote("/open/%2e%2e/closed/patients.ndjson"),
                        remote("/opening/patients.ndjson"),
                        remote("/open/x").replace("127.0.0.1", "user@127.0.0.1"),
                        remote("/open/x").replace("127.0.0.1", "localhost"),
                        "s3://bucket/patients.ndjson",
                        outside.toUri().toString(),
                        link.toUri().toString(),
                        "file:///etc/passwd")) {
            Answer answer = submit("list", input(url));
            assertEquals(400, answer.status(), url + ": " + answer.text());
        }
        Files.delete(link);
        JsonObject manifest = ended(submit("list", input(remote("/open/away"))), "list");
        assertEquals(0, number(manifest, "stored"));
        assertTrue(
                errors(manifest, "list").getFirst().contains("is not among the URLs"),
                () -> errors(manifest, "list").toString());
    }

    @Test
    void whatIsNotThereOrNotWholeIsToldAndTheOthersAreImported() throws IOException {
        byte[] whole = gzip(patients(0, 400));
        CONTENT.put("/open/cut.ndjson.gz", Arrays.copyOf(whole, whole.length - 40));
        CONTENT.put("/open/good.ndjson", bytes(patients(1000, 1003)));
        JsonObject manifest =
                ended(
                        submit(
                                "whole",
                                input(
                                        remote("/open/missing.ndjson"),
                                        remote("/open/cut.ndjson.gz"),
                                        remote("/open/good.ndjson"))),
                        "whole");
        List<String> errors = errors(manifest, "whole");
        assertEquals(2, number(manifest, "failed"), errors::toString);
        assertTrue(errors.stream().anyMatch(each -> each.contains("answers 404")));
        assertTrue(errors.stream().anyMatch(each -> each.contains("not complete, valid gzip")));
        assertEquals(1, version("whole", "/Patient/p1002"));
    }

    @Test
    void whatIsAskedForWronglyIsRefusedByName() {
        assertEquals(400, submit("wrong", "{}").status());
        for (String body :
                List.of(
                        "{\"input\":[]}",
                        "{\"input\":[{\"url\":\"%s\",\"mode\":\"x\"}]}"
                                .formatted(remote("/open/a")),
                        "{\"inputFormat\":\"text/csv\",\"input\":[{\"url\":\"%s\"}]}"
                                .formatted(remote("/open/a")),
                        "{\"mode\":\"merge\",\"input\":[{\"url\":\"%s\"}]}"
                                .formatted(remote("/open/a")),
                        "{\"storageDetail\":{\"type\":\"gcs\"},\"input\":[{\"url\":\"%s\"}]}"
                                .formatted(remote("/open/a")),
                        "{\"resourceType\":\"Patient\"}")) {
            Answer answer = submit("wrong", body);
            assertEquals(400, answer.status(), body);
        }
        Answer sync = server.send("POST", "/$import", input(remote("/open/a")));
        assertEquals(400, sync.status());
        assertTrue(sync.text().contains("respond-async"));
        assertEquals(405, server.get("/$import").status());
    }

    @Test
    void parametersMeanTheSameAsJson() {
        CONTENT.put("/open/parameters.ndjson", bytes(patients(0, 3)));
        String body =
                """
                {"resourceType":"Parameters","parameter":[
                {"name":"inputFormat","valueCode":"application/fhir+ndjson"},
                {"name":"storageDetail","part":[{"name":"type","valueCode":"https"}]},
                {"name":"input","part":[{"name":"type","valueCode":"Patient"},
                {"name":"url","valueUri":"%s"}]}]}
                """
                        .formatted(remote("/open/parameters.ndjson"));
        assertEquals(3, number(ended(submit("parameters", body), "parameters"), "stored"));
    }

    @Test
    void aManifestIsPulledWholeWithWhatItSaysIsDeleted() {
        CONTENT.put("/open/m/patients.ndjson", bytes(patients(0, 3)));
        CONTENT.put(
                "/open/m/deleted.ndjson",
                bytes(
                        """
                        {"resourceType":"Bundle","type":"transaction","entry":[\
                        {"request":{"method":"DELETE","url":"Patient/gone"}}]}
                        """));
        CONTENT.put(
                "/open/m/manifest",
                bytes(
                        """
                        {"transactionTime":"2026-01-01T00:00:00Z","request":"x",
                        "requiresAccessToken":false,
                        "output":[{"type":"Patient","url":"%s","count":4}],
                        "deleted":[{"type":"Bundle","url":"%s"}],"error":[]}
                        """
                                .formatted(
                                        remote("/open/m/patients.ndjson"),
                                        remote("/open/m/deleted.ndjson"))));
        server.send("PUT", "/Patient/gone", patient("gone", "Gone"), "X-Tenant-ID", "manifest");
        JsonObject manifest =
                ended(
                        submit(
                                "manifest",
                                "{\"exportUrl\":\"%s\"}".formatted(remote("/open/m/manifest"))),
                        "manifest");
        assertEquals(3, number(output(manifest, "Patient"), "created"), manifest::toString);
        assertEquals(1, number(output(manifest, "Patient"), "deleted"), manifest::toString);
        assertTrue(errors(manifest, "manifest").getFirst().contains("the manifest says 4"));
        assertEquals(410, server.get("/Patient/gone", "X-Tenant-ID", "manifest").status());
    }

    private static Answer submission(String operation, String... more) {
        String body =
                """
                {"resourceType":"Parameters","parameter":[
                {"name":"submitter","valueIdentifier":{"system":"s","value":"hospital"}},
                {"name":"submissionId","valueString":"one"}%s]}
                """
                        .formatted(String.join("", more));
        return server.send("POST", "/" + operation, body, "X-Tenant-ID", "submitted");
    }

    @Test
    void aSubmissionIsItsManifestAndIsWatchedByItsName() {
        CONTENT.put("/open/s/patients.ndjson", bytes(patients(0, 5)));
        CONTENT.put(
                "/open/s/manifest",
                bytes(
                        "{\"output\":[{\"type\":\"Patient\",\"url\":\"%s\",\"count\":5}]}"
                                .formatted(remote("/open/s/patients.ndjson"))));
        String manifest = ",{\"name\":\"manifestUrl\",\"valueString\":\"%s\"}";
        assertEquals(404, submission("$bulk-submit-status").status());
        Answer closed = submission("$bulk-submit", manifest.formatted(remote("/closed/s")));
        assertEquals(400, closed.status(), closed::text);
        for (int i = 0; i < 2; i++) {
            Answer taken =
                    submission("$bulk-submit", manifest.formatted(remote("/open/s/manifest")));
            assertEquals(200, taken.status(), taken::text);
        }
        Answer other = submission("$bulk-submit", manifest.formatted(remote("/open/other")));
        assertEquals(409, other.status(), other::text);
        JsonObject done = ended(submission("$bulk-submit-status"), "submitted");
        assertEquals(5, number(done, "stored"));
    }
}
