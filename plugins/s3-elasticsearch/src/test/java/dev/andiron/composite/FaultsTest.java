package dev.andiron.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.composite.CompositeClient.Answer;
import dev.andiron.elasticsearch.ElasticsearchServer;
import dev.andiron.elasticsearch.FaultyProxy;
import dev.andiron.elasticsearch.FaultyProxy.Fault;
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
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** An object store with Elasticsearch, which is spoiled by hand, or killed under load. */
class FaultsTest {
    private static final String REPAIR = "{\"name\":\"repair\",\"valueBoolean\":true}";
    private static final String CONTENT = "{\"name\":\"content\",\"valueBoolean\":true}";

    private static final List<String> SPOILED =
            List.of(
                    "missing Patient/p100",
                    "stale Patient/p101",
                    "deleted Patient/p102",
                    "altered Patient/p103",
                    "extra Patient/x");

    @TempDir private Path data;

    @Test
    void aSpoiledIndexIsToldExactlyAndRepaired() throws Exception {
        try (var server = new CompositeServer(data, CompositeServer.s3Elasticsearch(data))) {
            write(server);
            spoil();
            Answer looked = server.await(server.start("$reconcile", CONTENT));
            assertEquals(SPOILED, server.lines(looked.json()));
            Answer repaired = server.await(server.start("$reconcile", REPAIR + "," + CONTENT));
            assertEquals(SPOILED, server.lines(repaired.json()));
            Answer again = server.await(server.start("$reconcile", CONTENT));
            assertEquals(List.of(), server.lines(again.json()));
            assertEquals(28, server.find("family=Young").size());
            assertEquals(List.of("p101"), server.find("family=Old"));
            spoil();
            Answer rebuilt = server.await(server.start("$rebuild", ""));
            assertEquals(29, CompositeClient.number(rebuilt.json(), "copied"));
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

    /**
     * The server is killed when it has remembered what it found, and is about to repair it: another
     * one lists all of it, and repairs it.
     */
    @Test
    void aServerKilledBetweenFindingAndRepairingIsFollowedByOneThatDoesBoth() throws Exception {
        var repairing = new CountDownLatch(1);
        var killed = new CountDownLatch(1);
        try (var proxy = new FaultyProxy(ElasticsearchServer.server().url())) {
            Map<String, String> settings = CompositeServer.sqliteElasticsearch(data, proxy.url());
            settings.put("jobs.lease", "1s");
            try (var server = new CompositeServer(data, settings)) {
                write(server);
                spoil();
            }
            String status;
            try (var doomed = new ServerProcess(data, settings);
                    var client = new CompositeClient(doomed.base())) {
                proxy.inject(
                        bulk -> {
                            repairing.countDown();
                            awaitUninterruptibly(killed);
                            return Fault.BROKEN_HALFWAY;
                        });
                status = client.start("$reconcile", REPAIR + "," + CONTENT);
                repairing.await();
                doomed.kill();
                killed.countDown();
            }
            proxy.inject(bulk -> Fault.NONE);
            try (var server = new CompositeServer(data, settings)) {
                String job = status.substring(status.lastIndexOf('/'));
                Answer repaired = server.await(server.base() + "/$job-status" + job);
                assertEquals(SPOILED, server.lines(repaired.json()));
                Answer again = server.await(server.start("$reconcile", CONTENT));
                assertEquals(List.of(), server.lines(again.json()));
                assertEquals(28, server.find("family=Young").size());
            }
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(CompositeServer server) throws InterruptedException {
        for (int i = 100; i < 130; i++) {
            server.put("p" + i, "Young");
        }
        server.put("p101", "Old");
        server.delete("p102");
        assertEquals(28, server.find("family=Young").size());
    }

    @Test
    void whatIsWrittenWhileElasticsearchIsAwayIsFoundWhenItIsBack() throws Exception {
        Map<String, String> settings = CompositeServer.s3Elasticsearch(data);
        settings.put("backends.main.patience", "1s");
        try (var server = new CompositeServer(data, settings)) {
            var written = new AtomicInteger();
            var stop = new AtomicBoolean();
            var writers = new ArrayList<Callable<Void>>();
            for (int w = 0; w < 2; w++) {
                writers.add(
                        () -> {
                            while (!stop.get()) {
                                server.put("p" + written.incrementAndGet(), "Young");
                            }
                            return null;
                        });
            }
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Void>> done = writers.stream().map(threads::submit).toList();
                try {
                    killAndStart(server, written, done);
                } finally {
                    stop.set(true);
                }
                for (Future<Void> writer : done) {
                    writer.get();
                }
            }
            server.awaitFollower(Map.of("status", "healthy", "lagPositions", "0", "lastError", ""));
            JsonObject counted =
                    server.persist("GET", "/Patient?family=Young&_summary=count", "").json();
            assertEquals(String.valueOf(written.get()), ((JsonNumber) counted.get("total")).text());
            Answer compared = server.await(server.start("$reconcile", CONTENT));
            assertEquals(List.of(), server.lines(compared.json()));
        }
    }

    private static void killAndStart(
            CompositeServer server, AtomicInteger written, List<Future<Void>> writers)
            throws Exception {
        awaitWritten(written, 20, writers);
        ElasticsearchServer elasticsearch = ElasticsearchServer.server();
        elasticsearch.kill();
        try {
            awaitWritten(written, written.get() + 20, writers);
            Answer refused = server.get("/Patient?family=Young");
            assertEquals(503, refused.status(), refused.body());
            assertTrue(Integer.parseInt(refused.field("Retry-After")) > 0);
            assertEquals(200, server.persist("GET", "/Patient/p1", "").status(), "reads go on");
            server.awaitFollower(Map.of("status", "unhealthy"));
        } finally {
            elasticsearch.start();
        }
        awaitWritten(written, written.get() + 20, writers);
    }

    private static void awaitWritten(AtomicInteger written, int count, List<Future<Void>> writers)
            throws Exception {
        while (written.get() < count) {
            Thread.sleep(10);
            for (Future<Void> writer : writers) {
                if (writer.isDone()) {
                    writer.get(); // it failed: this says why
                }
            }
        }
    }
}
