package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** What holds whatever many writers do at once. Seeds make failures repeatable as far as can be. */
class PropertiesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int WRITERS = 8;

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

    /** Every acknowledged version is there, holds what its writer sent, and none is missing. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void versionsCountWithoutGapsAndKeepWhatWasWritten(long seed) throws Exception {
        String id = "versions-" + seed;
        var sent = new ConcurrentHashMap<Integer, String>();
        together(
                writer -> {
                    var random = new Random(seed * 1000 + writer);
                    for (int i = 0; i < 25; i++) {
                        String value = "w" + writer + "i" + i;
                        boolean delete = random.nextInt(5) == 0;
                        Http.Answer answer =
                                delete
                                        ? http.delete("/Patient/" + id)
                                        : http.put("/Patient/" + id, patient(id, value));
                        assertEquals(2, answer.status() / 100, answer.text());
                        // Deleting what is deleted makes no version.
                        if (!delete) {
                            String earlier = sent.put(version(answer), value);
                            assertEquals(null, earlier, "two writes got one version");
                        }
                    }
                });
        var seen = new TreeMap<Integer, String>();
        String next = "/Patient/" + id + "/_history?_count=7";
        while (next != null) {
            JsonNode page = read(next);
            for (JsonNode entry : page.path("entry")) {
                String tag = entry.path("response").path("etag").asText();
                int version = Integer.parseInt(tag.replaceAll("\\D", ""));
                JsonNode resource = entry.path("resource");
                String value =
                        resource.isMissingNode()
                                ? "deleted"
                                : resource.at("/name/0/family").asText();
                assertEquals(null, seen.put(version, value), "a version is listed twice");
            }
            next = nextLink(page);
        }
        assertEquals(1, seen.firstKey());
        assertEquals(seen.size(), seen.lastKey(), "versions without gaps");
        seen.forEach(
                (version, value) ->
                        assertEquals(sent.getOrDefault(version, "deleted"), value, "v" + version));
        for (int version : seen.keySet()) {
            Http.Answer answer = http.get("/Patient/" + id + "/_history/" + version);
            assertEquals(
                    seen.get(version).equals("deleted") ? 410 : 200,
                    answer.status(),
                    answer.text());
        }
    }

    /** With If-Match no update is lost: a counter ends at the number of successes. */
    @Test
    void patchesUnderAConditionLoseNothing() throws Exception {
        String path = "/Patient/counter";
        http.put(path, patient("counter", "0"));
        var successes = new AtomicInteger();
        together(
                writer -> {
                    int done = 0;
                    while (done < 10) {
                        Http.Answer read = http.get(path);
                        int value = Integer.parseInt(tree(read).at("/name/0/family").asText());
                        Http.Answer patched =
                                http.send(
                                        "PATCH",
                                        path,
                                        "[{\"op\":\"replace\",\"path\":\"/name/0/family\",\"value\":\"%d\"}]"
                                                .formatted(value + 1),
                                        "Content-Type",
                                        "application/json-patch+json",
                                        "If-Match",
                                        read.field("ETag").orElseThrow());
                        if (patched.status() == 200) {
                            done++;
                            successes.incrementAndGet();
                        } else {
                            assertEquals(412, patched.status(), patched.text());
                        }
                    }
                });
        assertEquals(WRITERS * 10, successes.get());
        JsonNode counter = read(path);
        assertEquals(String.valueOf(WRITERS * 10), counter.at("/name/0/family").asText());
        assertEquals(1 + WRITERS * 10, counter.at("/meta/versionId").asInt());
    }

    /** Patches that add never overwrite each other, conditions or not. */
    @Test
    void patchesThatAddAllArrive() throws Exception {
        String path = "/Patient/adding";
        http.put(path, patient("adding", "x"));
        together(
                writer -> {
                    for (int i = 0; i < 10; i++) {
                        Http.Answer patched =
                                http.send(
                                        "PATCH",
                                        path,
                                        "[{\"op\":\"add\",\"path\":\"/name/-\",\"value\":{\"family\":\"w%di%d\"}}]"
                                                .formatted(writer, i),
                                        "Content-Type",
                                        "application/json-patch+json");
                        assertEquals(200, patched.status(), patched.text());
                    }
                });
        var families = new HashSet<String>();
        read(path).path("name").forEach(name -> families.add(name.path("family").asText()));
        assertEquals(1 + WRITERS * 10, families.size());
    }

    /** Who pages sees each resource that was there all the time exactly once. */
    @ParameterizedTest
    @ValueSource(strings = {"", "&_sort=family", "&_sort=-birthdate"})
    void pagesStayWholeWhileOthersWrite(String sort) throws Exception {
        String mark = "page" + Math.abs(sort.hashCode());
        int stable = 60;
        for (int i = 0; i < stable; i++) {
            String id = mark + "-s" + i;
            http.put("/Patient/" + id, marked(id, mark, i));
        }
        var running = new AtomicBoolean(true);
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int writer = 0; writer < 4; writer++) {
                int number = writer;
                writers.execute(
                        () -> {
                            for (int i = 0; running.get(); i++) {
                                String id = mark + "-w" + number + "-" + i % 20;
                                http.put("/Patient/" + id, marked(id, mark, i));
                                if (i % 3 == 0) {
                                    http.delete("/Patient/" + id);
                                }
                            }
                        });
            }
            try {
                for (int repetition = 0; repetition < 3; repetition++) {
                    var seen = new ArrayList<String>();
                    String next = "/Patient?identifier=urn:mark%7C" + mark + "&_count=7" + sort;
                    while (next != null) {
                        JsonNode page = read(next);
                        for (JsonNode entry : page.path("entry")) {
                            String id = entry.at("/resource/id").asText();
                            if (id.startsWith(mark + "-s")) {
                                seen.add(id);
                            }
                        }
                        next = nextLink(page);
                    }
                    assertEquals(stable, seen.size(), "as often as stored");
                    assertEquals(stable, new HashSet<>(seen).size(), "each of them");
                }
            } finally {
                running.set(false);
            }
        }
    }

    /** Work of one writer. */
    @FunctionalInterface
    private interface Writer {
        void write(int number) throws Exception;
    }

    private static void together(Writer work) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Callable<Void>>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int number = writer;
                calls.add(
                        () -> {
                            work.write(number);
                            return null;
                        });
            }
            for (Future<Void> done : threads.invokeAll(calls)) {
                done.get();
            }
        }
    }

    private static int version(Http.Answer answer) {
        String tag = answer.field("ETag").orElseThrow();
        assertTrue(tag.matches("W/\"\\d+\""), tag);
        return Integer.parseInt(tag.replaceAll("\\D", ""));
    }

    private static JsonNode read(String path) {
        Http.Answer answer = http.get(path);
        assertEquals(200, answer.status(), () -> path + " " + answer.text());
        return tree(answer);
    }

    private static JsonNode tree(Http.Answer answer) {
        try {
            return JSON.readTree(answer.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String nextLink(JsonNode page) {
        for (JsonNode link : page.path("link")) {
            if (link.path("relation").asText().equals("next")) {
                return link.path("url").asText();
            }
        }
        return null;
    }

    private static String patient(String id, String family) {
        return "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"name\":[{\"family\":\"%s\"}]}"
                .formatted(id, family);
    }

    private static String marked(String id, String mark, int number) {
        return """
        {"resourceType":"Patient","id":"%s","identifier":[{"system":"urn:mark","value":"%s"}],
         "name":[{"family":"f%d"}],"birthDate":"19%02d-01-01"}\
        """
                .formatted(id, mark, number % 17, number % 90 + 10);
    }
}
