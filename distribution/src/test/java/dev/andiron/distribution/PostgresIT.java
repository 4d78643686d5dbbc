package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Two servers in processes of their own over one PostgreSQL. Each test has a tenant of its own. */
class PostgresIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "a secret that all nodes have, of some length";
    private static final String TENANT = "X-Tenant-ID";
    private static final int FOUND = 303;

    @TempDir private static Path folder;
    private static PostgresDatabase database;
    private static ServerProcess serverA;
    private static ServerProcess serverB;
    private static Http a;
    private static Http b;

    /**
     * Both nodes find an empty database at the same time. What B does for itself, it does without a
     * worker that looks into the database every now and then.
     */
    @BeforeAll
    static void start() throws Exception {
        database = new PostgresDatabase(folder);
        Path secret = Files.writeString(folder.resolve("link-key"), SECRET + "\n");
        var starts = new ArrayList<Future<?>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            starts.add(
                    threads.submit(
                            () -> {
                                serverA = node("a", "link-key: \"" + SECRET + "\"", "workers: 1");
                                return serverA;
                            }));
            starts.add(
                    threads.submit(
                            () -> {
                                serverB =
                                        node(
                                                "b",
                                                "link-key-file: \"" + secret + "\"",
                                                "workers: 0");
                                return serverB;
                            }));
        }
        for (Future<?> each : starts) {
            each.get();
        }
        a = new Http(serverA.base());
        b = new Http(serverB.base());
    }

    private static ServerProcess node(String name, String server, String jobs) throws IOException {
        Path home = Files.createDirectory(folder.resolve(name));
        Path file = home.resolve("andiron.yaml");
        Files.writeString(
                file,
                "storage: main\nserver: { %s }\njobs: { polls: 1000000, %s }\n%s"
                        .formatted(server, jobs, database.configuration()));
        return ServerProcess.start(home, "--config", file.toString());
    }

    @AfterAll
    static void stop() throws IOException {
        // One may have started although the other could not.
        List<ServerProcess> started = Stream.of(serverA, serverB).filter(Objects::nonNull).toList();
        started.forEach(ServerProcess::close);
        for (ServerProcess server : started) {
            assertFalse(server.log().contains(SECRET), "the log tells the secret");
            assertFalse(server.log().contains("lead on at this server only"), server.log());
        }
        database.close();
    }

    @Test
    void whatOneNodeAcknowledgesTheOtherHasAtOnce() {
        String tenant = "read";
        for (int i = 0; i < 20; i++) {
            String body =
                    "{\"resourceType\":\"Patient\",\"identifier\":[{\"value\":\"r%d\"}]}"
                            .formatted(i);
            Http.Answer created = a.post("/Patient", body, TENANT, tenant);
            assertEquals(201, created.status(), created.text());
            String id = json(created).path("id").asText();
            Http.Answer read = b.get("/Patient/" + id, TENANT, tenant);
            assertArrayEquals(created.bytes(), read.bytes(), read.text());
            assertEquals(List.of(id), ids(b.get("/Patient?identifier=r" + i, TENANT, tenant)));

            String changed = read.text().replace("\"r" + i + "\"", "\"changed" + i + "\"");
            Http.Answer updated =
                    b.put("/Patient/" + id, changed, TENANT, tenant, "If-Match", "W/\"1\"");
            assertEquals(200, updated.status(), updated.text());
            assertEquals(List.of(), ids(a.get("/Patient?identifier=r" + i, TENANT, tenant)));
            assertArrayEquals(updated.bytes(), a.get("/Patient/" + id, TENANT, tenant).bytes());
            assertEquals(
                    412,
                    a.put("/Patient/" + id, changed, TENANT, tenant, "If-Match", "W/\"1\"")
                            .status());

            assertEquals(204, a.delete("/Patient/" + id, TENANT, tenant).status());
            assertEquals(410, b.get("/Patient/" + id, TENANT, tenant).status());
            assertEquals(404, b.get("/Patient/" + id, TENANT, "others").status());
        }
        Http.Answer history = b.get("/_history?_count=60", TENANT, tenant);
        List<String> methods = new ArrayList<>();
        for (JsonNode entry : json(history).path("entry")) {
            methods.add(entry.path("request").path("method").asText());
        }
        assertEquals(
                IntStream.range(0, 20)
                        .boxed()
                        .flatMap(i -> List.of("DELETE", "PUT", "POST").stream())
                        .toList(),
                methods);
    }

    @Test
    void conditionalWritesAtBothNodesMakeOneOfEach() throws Exception {
        String tenant = "once";
        String patient =
                "{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"urn:c\",\"value\":\"1\"}]}";
        String transaction =
                """
                {"resourceType":"Bundle","type":"transaction","entry":[
                 {"resource":{"resourceType":"Basic","identifier":[{"system":"urn:t","value":"1"}],
                   "code":{"text":"x"},"subject":{"reference":"Group/g"}},
                  "request":{"method":"POST","url":"Basic","ifNoneExist":"identifier=urn:t|1"}},
                 {"resource":{"resourceType":"Group","id":"g","type":"person","actual":true},
                  "request":{"method":"PUT","url":"Group/g"}}]}\
                """;
        var calls = new ArrayList<Callable<Http.Answer>>();
        for (int i = 0; i < 20; i++) {
            for (Http node : List.of(a, b)) {
                calls.add(
                        () ->
                                node.post(
                                        "/Patient",
                                        patient,
                                        TENANT,
                                        tenant,
                                        "If-None-Exist",
                                        "identifier=urn:c|1"));
                calls.add(() -> node.post("", transaction, TENANT, tenant));
            }
        }
        int created = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Http.Answer> each : threads.invokeAll(calls)) {
                Http.Answer answer = each.get();
                assertEquals(2, answer.status() / 100, answer.text());
                created += answer.status() == 201 ? 1 : 0;
            }
        }
        assertEquals(1, created);
        for (Http node : List.of(a, b)) {
            assertEquals(1, ids(node.get("/Patient", TENANT, tenant)).size());
            assertEquals(1, ids(node.get("/Basic?subject=Group/g", TENANT, tenant)).size());
            Http.Answer group = node.get("/Group/g", TENANT, tenant);
            assertEquals("W/\"40\"", group.field("ETag").orElse(""));
        }
    }

    @Test
    void linksOfOneNodeLeadOnAtTheOther() {
        String tenant = "links";
        var expected = new TreeSet<String>();
        for (int i = 0; i < 7; i++) {
            String id = "p" + i;
            expected.add(id);
            String body = "{\"resourceType\":\"Patient\",\"id\":\"%s\"}".formatted(id);
            assertEquals(201, a.put("/Patient/" + id, body, TENANT, tenant).status());
        }
        for (String listing :
                List.of("/Patient?_count=2&_sort=_id", "/Patient/_history?_count=2")) {
            var seen = new TreeSet<String>();
            Http node = a;
            String url = listing;
            String last = "";
            while (!url.isEmpty()) {
                Http.Answer page = node.get(url, TENANT, tenant);
                assertEquals(200, page.status(), page.text());
                ids(page).forEach(id -> assertTrue(seen.add(id), id + " is there twice"));
                last = url;
                node = node.equals(a) ? b : a;
                url = at(node, link(page, "next"));
            }
            assertEquals(expected, seen);
            Http.Answer back = node.get(at(node, last), TENANT, tenant);
            assertEquals(200, back.status(), back.text());
            assertEquals(400, node.get(at(node, last), TENANT, "others").status());
        }
    }

    @Test
    void viewsRunInTheDatabaseAndExportsAreSentByAnyNode() {
        String tenant = "views";
        String view =
                """
                {"resourceType":"ViewDefinition","id":"names","name":"names","status":"active",
                 "resource":"Patient","select":[
                  {"column":[{"path":"getResourceKey()","name":"key"}]},
                  {"forEach":"name","column":[{"path":"family","name":"family"}]}]}\
                """;
        assertEquals(201, a.put("/ViewDefinition/names", view, TENANT, tenant).status());
        for (String id : List.of("1", "2")) {
            String body =
                    "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"name\":[{\"family\":\"F%s\"}]}"
                            .formatted(id, id);
            assertEquals(201, a.put("/Patient/" + id, body, TENANT, tenant).status());
        }
        Http.Answer run =
                b.get(
                        "/ViewDefinition/names/$viewdefinition-run?_format=csv",
                        TENANT,
                        tenant,
                        "Accept",
                        "text/csv");
        assertEquals("native", run.field("X-View-Runner").orElse(run.text()));
        List<String> rows = List.of("Patient/1,F1", "Patient/2,F2", "key,family");
        assertEquals(rows, run.text().lines().sorted().toList());

        Http.Answer accepted =
                b.post(
                        "/ViewDefinition/$viewdefinition-export",
                        """
                        {"resourceType":"Parameters","parameter":[
                         {"name":"_format","valueCode":"csv"},
                         {"name":"view","part":[{"name":"viewReference",
                          "valueReference":{"reference":"ViewDefinition/names"}}]}]}\
                        """,
                        TENANT,
                        tenant,
                        "Prefer",
                        "respond-async");
        assertEquals(202, accepted.status(), accepted.text());
        String status = at(b, accepted.field("Content-Location").orElseThrow());
        Http.Answer ended = awaitAnswer(b, status, tenant, answer -> answer.status() != 202);
        assertEquals(FOUND, ended.status(), ended.text());
        Http.Answer result = b.get(ended.field("Location").orElseThrow(), TENANT, tenant);
        String file = json(result).findValue("valueUri").asText();
        for (Http node : List.of(a, b)) {
            Http.Answer sent = node.get(at(node, file), TENANT, tenant, "Accept", "*/*");
            assertEquals(rows, sent.text().lines().sorted().toList());
            assertEquals(404, node.get(at(node, file), TENANT, "others").status());
        }
        assertEquals(202, b.delete(status, TENANT, tenant).status());
        assertEquals(404, a.get(at(a, file), TENANT, tenant).status());
    }

    @Test
    void aKilledNodeTakesNothingWithIt() throws Exception {
        String tenant = "killed";
        String shared = "{\"resourceType\":\"Basic\",\"id\":\"shared\",\"code\":{\"text\":\"%d\"}}";
        assertEquals(201, b.put("/Basic/shared", shared.formatted(0), TENANT, tenant).status());
        var acknowledged = new ConcurrentLinkedQueue<String>();
        var enough = new CountDownLatch(100);
        ServerProcess doomed = node("doomed", "request-log: false", "workers: 0");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var http = new Http(doomed.base());
            for (int writer = 0; writer < 4; writer++) {
                String prefix = "w" + writer + "-";
                threads.submit(
                        () -> {
                            for (int i = 0; ; i++) {
                                String id = prefix + i;
                                byte[] bundle = twoWrites(id, shared.formatted(i));
                                if (http.trySend("POST", "", bundle, TENANT, tenant).status()
                                        == 200) {
                                    acknowledged.add(id);
                                    enough.countDown();
                                }
                            }
                        });
            }
            assertTrue(enough.await(60, TimeUnit.SECONDS), () -> doomed.log());
            doomed.kill();
        } finally {
            doomed.close();
        }
        // Locks of the dead node would keep this waiting for longer than it may.
        Http.Answer next = b.put("/Basic/shared", shared.formatted(-1), TENANT, tenant);
        assertEquals(200, next.status(), next.text());
        for (String id : acknowledged) {
            assertEquals(200, b.get("/Basic/" + id, TENANT, tenant).status(), id);
        }
        // Whole bundles or nothing: each one that is there has made its version of the other.
        int bundles =
                json(b.get("/Basic?code:text=one&_summary=count", TENANT, tenant))
                        .path("total")
                        .asInt();
        assertEquals("W/\"" + (bundles + 2) + "\"", next.field("ETag").orElse(""));
    }

    private static byte[] twoWrites(String id, String shared) {
        return """
        {"resourceType":"Bundle","type":"transaction","entry":[
         {"resource":{"resourceType":"Basic","id":"%s","code":{"text":"one"}},
          "request":{"method":"PUT","url":"Basic/%s"}},
         {"resource":%s,"request":{"method":"PUT","url":"Basic/shared"}}]}\
        """
                .formatted(id, id, shared)
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aStoppedDatabaseIsToldAndFoundAgain() throws Exception {
        String tenant = "stopped";
        String body = "{\"resourceType\":\"Patient\",\"id\":\"s\"}";
        assertEquals(201, a.put("/Patient/s", body, TENANT, tenant).status());
        database.stop();
        try {
            var calls = new ArrayList<Callable<Http.Answer>>();
            for (Http node : List.of(a, b)) {
                calls.add(() -> node.get("/Patient/s", TENANT, tenant));
                calls.add(() -> node.get("/Patient?active=true", TENANT, tenant));
                calls.add(() -> node.put("/Patient/s", body, TENANT, tenant));
                calls.add(() -> node.post("/Patient", body, TENANT, tenant));
            }
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Http.Answer> each : threads.invokeAll(calls)) {
                    unavailable(each.get());
                }
            }
            for (Http node : List.of(a, b)) {
                Http.Answer ready = node.get(health(node, "ready"), "Accept", "application/json");
                assertEquals(503, ready.status(), ready.text());
                assertEquals("down", json(ready).path("status").asText(), ready.text());
                assertEquals(200, node.get(health(node, "live")).status());
            }
        } finally {
            database.start();
        }
        for (Http node : List.of(a, b)) {
            awaitAnswer(node, health(node, "ready"), tenant, answer -> answer.status() == 200);
            Http.Answer read = node.get("/Patient/s", TENANT, tenant);
            assertEquals(200, read.status(), read.text());
            Http.Answer put = node.put("/Patient/s", changed(node), TENANT, tenant);
            assertEquals(200, put.status(), put.text());
        }
        Http.Answer last = a.get("/Patient/s", TENANT, tenant);
        assertEquals("W/\"3\"", last.field("ETag").orElse(""), "refused writes were not made");
    }

    private static String changed(Http node) {
        return "{\"resourceType\":\"Patient\",\"id\":\"s\",\"name\":[{\"text\":\"%s\"}]}"
                .formatted(node.base());
    }

    private static String health(Http node, String which) {
        return node.base().resolve("/health/" + which).toString();
    }

    private static void unavailable(Http.Answer answer) {
        assertEquals(503, answer.status(), answer.text());
        assertTrue(
                answer.field("Retry-After").orElse("none").matches("[1-9][0-9]*"),
                answer.fields()::toString);
        assertEquals("transient", json(answer).path("issue").path(0).path("code").asText());
    }

    /** Asks until an answer is as it has to become. */
    private static Http.Answer awaitAnswer(
            Http node, String url, String tenant, Predicate<Http.Answer> done) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        Http.Answer answer = node.get(url, TENANT, tenant);
        while (!done.test(answer)) {
            assertTrue(System.nanoTime() < end, answer.text());
            answer = node.get(url, TENANT, tenant);
        }
        return answer;
    }

    /** The same URL at another node, as a load balancer would have it. */
    private static String at(Http node, String url) {
        if (!url.startsWith("http")) {
            return url;
        }
        URI link = URI.create(url);
        String path = link.getRawPath();
        return node.base().resolve("/")
                + path.substring(1)
                + (link.getRawQuery() == null ? "" : "?" + link.getRawQuery());
    }

    private static String link(Http.Answer page, String relation) {
        for (JsonNode link : json(page).path("link")) {
            if (link.path("relation").asText().equals(relation)) {
                return link.path("url").asText();
            }
        }
        return "";
    }

    private static List<String> ids(Http.Answer bundle) {
        assertEquals(200, bundle.status(), bundle.text());
        var ids = new ArrayList<String>();
        for (JsonNode entry : json(bundle).path("entry")) {
            ids.add(entry.path("resource").path("id").asText());
        }
        return ids;
    }

    private static JsonNode json(Http.Answer answer) {
        try {
            return JSON.readTree(answer.bytes());
        } catch (IOException e) {
            throw new AssertionError(answer.text(), e);
        }
    }
}
