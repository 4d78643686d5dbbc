package dev.andiron.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.composite.CompositeServer.Answer;
import dev.andiron.elasticsearch.ElasticsearchServer;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** An object store with Elasticsearch, which is spoiled by hand, or killed under load. */
class FaultsTest {
    private static final String REPAIR = "{\"name\":\"repair\",\"valueBoolean\":true}";
    private static final String CONTENT = "{\"name\":\"content\",\"valueBoolean\":true}";

    @TempDir private Path data;

    @Test
    void aSpoiledIndexIsToldExactlyAndRepaired() throws Exception {
        try (var server = new CompositeServer(data, CompositeServer.s3Elasticsearch(data))) {
            for (int i = 100; i < 130; i++) {
                server.put("p" + i, "Young");
            }
            server.put("p101", "Old");
            server.send("DELETE", "/Patient/p102", "");
            assertEquals(28, server.find("family=Young").size());
            spoil();
            var expected =
                    List.of(
                            "missing Patient/p100",
                            "stale Patient/p101",
                            "deleted Patient/p102",
                            "altered Patient/p103",
                            "extra Patient/x");
            Answer looked = server.await(server.start("$reconcile", CONTENT));
            assertEquals(expected, server.lines(looked.json()));
            Answer repaired = server.await(server.start("$reconcile", REPAIR + "," + CONTENT));
            assertEquals(expected, server.lines(repaired.json()));
            Answer again = server.await(server.start("$reconcile", CONTENT));
            assertEquals(List.of(), server.lines(again.json()));
            assertEquals(28, server.find("family=Young").size());
            assertEquals(List.of("p101"), server.find("family=Old"));
            spoil();
            Answer rebuilt = server.await(server.start("$rebuild", ""));
            assertEquals(29, CompositeServer.number(rebuilt.json(), "copied"));
            Answer compared = server.await(server.start("$reconcile", CONTENT));
            assertEquals(List.of(), server.lines(compared.json()));
            assertEquals(28, server.find("family=Young").size());
        }
    }

    /** Deletes, alters and adds documents by hand. */
    private void spoil() throws IOException, InterruptedException {
        ask("POST", "/%s*/_refresh".formatted(prefix()), "");
        Map<String, Hit> hits = new TreeMap<>();
        JsonObject answer =
                ask(
                        "POST",
                        "/%s*/_search?size=1000&version=true".formatted(prefix()),
                        "{\"query\":{\"prefix\":{\"key\":\"Patient/\"}}}");
        for (JsonObject hit : answer.object("hits").orElseThrow().objects("hits")) {
            JsonObject source = hit.object("_source").orElseThrow();
            hits.put(
                    source.string("id").orElseThrow(),
                    new Hit(
                            hit.string("_index").orElseThrow(),
                            hit.string("_id").orElseThrow(),
                            ((JsonNumber) hit.get("_version")).decimal().longValueExact(),
                            new String(JsonWriter.compact(source), StandardCharsets.UTF_8)));
        }
        Hit first = hits.get("p100");
        ask("DELETE", first.path("p100", "p100"), "");
        Hit stale = hits.get("p101");
        put(stale, "p101", stale.source().replace("\"version\":2", "\"version\":1"));
        put(hits.get("p102"), "p102", hits.get("p104").source().replace("p104", "p102"));
        Hit altered = hits.get("p103");
        put(altered, "p103", altered.source().replace("young", "yonder"));
        Hit added = hits.get("p104");
        ask(
                "PUT",
                added.path("p104", "x") + "?version_type=external_gte&version=900000",
                added.source().replace("p104", "x"));
        ask("POST", "/%s*/_refresh".formatted(prefix()), "");
    }

    private record Hit(String index, String name, long version, String source) {
        String path(String id, String other) {
            return "/%s/_doc/%s"
                    .formatted(
                            index,
                            URLEncoder.encode(name.replace(id, other), StandardCharsets.UTF_8));
        }
    }

    private static void put(Hit hit, String id, String source)
            throws IOException, InterruptedException {
        ask(
                "PUT",
                hit.path(id, id) + "?version_type=external_gte&version=" + hit.version(),
                source);
    }

    private String prefix() {
        return ElasticsearchServer.prefix(data);
    }

    private static JsonObject ask(String method, String path, String body)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            var answer =
                    client.send(
                            HttpRequest.newBuilder(
                                            URI.create(ElasticsearchServer.server().url() + path))
                                    .header("Content-Type", "application/json")
                                    .method(
                                            method,
                                            body.isEmpty()
                                                    ? BodyPublishers.noBody()
                                                    : BodyPublishers.ofString(body))
                                    .build(),
                            BodyHandlers.ofByteArray());
            assertTrue(
                    answer.statusCode() < 300,
                    () ->
                            "%s %s: %s"
                                    .formatted(
                                            method,
                                            path,
                                            new String(answer.body(), StandardCharsets.UTF_8)));
            return JsonReader.readObject(answer.body());
        }
    }

    @Test
    void whatIsWrittenWhileElasticsearchIsAwayIsFoundWhenItIsBack() throws Exception {
        Map<String, String> settings = CompositeServer.s3Elasticsearch(data);
        settings.put("backends.main.patience", "1s");
        ElasticsearchServer elasticsearch = ElasticsearchServer.server();
        try (var server = new CompositeServer(data, settings)) {
            var written = new AtomicInteger();
            var stop = new AtomicBoolean();
            var writers = new ArrayList<Thread>();
            for (int w = 0; w < 2; w++) {
                writers.add(
                        Thread.ofVirtual()
                                .start(
                                        () -> {
                                            while (!stop.get()) {
                                                int next = written.incrementAndGet();
                                                assertEquals(
                                                        201,
                                                        server.put("p" + next, "Young").status());
                                            }
                                        }));
            }
            awaitWritten(written, 20);
            elasticsearch.kill();
            int killed = written.get();
            awaitWritten(written, killed + 20);
            Answer refused = server.get("/Patient?family=Young");
            assertEquals(503, refused.status(), refused.body());
            assertTrue(Integer.parseInt(refused.field("Retry-After")) > 0);
            assertEquals(200, server.get("/Patient/p1").status(), "reads go on");
            while (!server.follower("status").equals("unhealthy")) {
                Thread.sleep(50);
            }
            elasticsearch.start();
            int back = written.get();
            awaitWritten(written, back + 20);
            stop.set(true);
            for (Thread writer : writers) {
                writer.join();
            }
            while (!server.follower("status").equals("healthy")
                    || !server.follower("lagPositions").equals("0")) {
                Thread.sleep(50);
            }
            assertEquals("", server.follower("lastError"));
            JsonObject counted = server.get("/Patient?family=Young&_summary=count").json();
            assertEquals(String.valueOf(written.get()), ((JsonNumber) counted.get("total")).text());
            Answer compared = server.await(server.start("$reconcile", CONTENT));
            assertEquals(List.of(), server.lines(compared.json()));
        }
    }

    private static void awaitWritten(AtomicInteger written, int count) throws InterruptedException {
        while (written.get() < count) {
            Thread.sleep(10);
        }
    }
}
