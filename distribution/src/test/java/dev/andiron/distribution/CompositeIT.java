package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.andiron.elasticsearch.ElasticsearchServer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;

/** A server that keeps everything in SQLite, followed by Elasticsearch. */
class CompositeIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int WRITERS = 4;
    private static final int BEFORE_THE_KILL = 60;

    @TempDir private static Path folder;
    private static ServerProcess server;
    private static Http http;

    @BeforeAll
    static void startAll() throws IOException {
        Files.writeString(
                folder.resolve("andiron.yaml"),
                """
                storage: main
                backends:
                  main: { plugin: composite, primary: truth, search: index, sync: hybrid }
                  truth: { plugin: sqlite }
                  index:
                    plugin: elasticsearch
                    url: "%s"
                    index-prefix: %s
                    replicas: 0
                """
                        .formatted(
                                ElasticsearchServer.server().url(),
                                ElasticsearchServer.prefix(folder)));
        start();
    }

    private static void start() {
        server = ServerProcess.start(folder, "--config", folder.resolve("andiron.yaml").toString());
        http = new Http(server.base());
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void whatWasAcknowledgedBeforeAKillIsFoundAfterIt() throws Exception {
        Set<String> acknowledged = new ConcurrentSkipListSet<>();
        var writers = new ArrayList<Thread>();
        for (int writer = 0; writer < WRITERS; writer++) {
            int number = writer;
            writers.add(Thread.ofVirtual().start(() -> write(number, acknowledged)));
        }
        while (acknowledged.size() < BEFORE_THE_KILL) {
            Thread.sleep(5);
        }
        server.kill();
        for (Thread writer : writers) {
            writer.join();
        }
        start();
        Set<String> found = found("/Patient?family=acknowledged&_count=1000");
        assertTrue(
                found.containsAll(acknowledged),
                () -> "%s were acknowledged, %s are found".formatted(acknowledged, found));
        String explained = http.get("/Patient/$explain?family=acknowledged").text();
        assertTrue(explained.contains("the follower 'index'"), explained);
        String ready = new Http(server.root()).get("health/ready").text().replaceAll("\\s+", "");
        assertTrue(ready.contains("\"of\":\"main\",\"status\":\"healthy\""), ready);
        compared();
    }

    /** Until the server is gone. */
    private static void write(int writer, Set<String> acknowledged) {
        for (int i = 0; ; i++) {
            String id = "w%d-%d".formatted(writer, i);
            String body =
                    "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"name\":[{\"family\":\"Acknowledged\"}]}"
                            .formatted(id);
            try {
                if (http.put("/Patient/" + id, body).status() != 201) {
                    return;
                }
            } catch (UncheckedIOException | AssertionError gone) {
                return;
            }
            acknowledged.add(id);
        }
    }

    private static Set<String> found(String path) throws IOException {
        var ids = new TreeSet<String>();
        for (String next = path; !next.isEmpty(); ) {
            Http.Answer answer = http.get(next);
            assertEquals(200, answer.status(), answer.text());
            JsonNode bundle = JSON.readTree(answer.bytes());
            bundle.path("entry")
                    .forEach(entry -> ids.add(entry.path("resource").path("id").asText()));
            next = "";
            for (JsonNode link : bundle.path("link")) {
                next =
                        link.path("relation").asText().equals("next")
                                ? link.path("url").asText()
                                : next;
            }
        }
        return ids;
    }

    /** By the command line, which exits with 0 where nothing differs. */
    private static void compared() throws Exception {
        Path list = folder.resolve("differences.ndjson");
        Distribution.Result result =
                Distribution.run(
                        folder,
                        "reconcile",
                        "--content",
                        "--server",
                        server.base().toString(),
                        "-o",
                        list.toString());
        assertEquals(0, result.code(), result.out() + result.err());
        assertTrue(result.out().contains("compared"), result.out());
        assertEquals(List.of(), Files.readAllLines(list));
        Distribution.Result rebuilt =
                Distribution.run(folder, "rebuild", "main", "--server", server.base().toString());
        assertEquals(0, rebuilt.code(), rebuilt.out() + rebuilt.err());
        assertTrue(rebuilt.out().contains("copied"), rebuilt.out());
    }
}
