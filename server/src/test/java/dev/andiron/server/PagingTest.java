package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;

/** Going forward and back while others write. */
class PagingTest {
    private static final int STABLE = 24;

    @TempDir static Path data;
    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        server = new RunningServer(data, Map.of("limits.request-time", "60s"));
        for (int i = 0; i < STABLE; i++) {
            put("stable" + i, i * 7 % STABLE, "stable");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void put(String id, int number, String tag) {
        Answer answer =
                server.send(
                        "PUT",
                        "/Patient/" + id,
                        """
                        {"resourceType":"Patient","id":"%s","birthDate":"19%02d-01-01",\
                        "meta":{"tag":[{"code":"%s"}]},"name":[{"family":"N%d"}]}\
                        """
                                .formatted(id, number, tag, number % 5));
        assertTrue(answer.status() < 300, answer.text());
    }

    /** Writes and deletes others until told to end. */
    private static void disturb(Random random, AtomicBoolean ends) {
        while (!ends.get()) {
            String id = "other" + random.nextInt(40);
            if (random.nextBoolean()) {
                put(id, random.nextInt(STABLE), "other");
            } else {
                server.send("DELETE", "/Patient/" + id, (byte[]) null);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_count=3",
                "_count=4&_sort=birthdate",
                "_count=5&_sort=-family,birthdate",
                "_count=7&_sort=-_id"
            })
    void whoStaysIsSeenOnceForwardAndNeverTwiceBack(String query) throws InterruptedException {
        for (int seed = 0; seed < 3; seed++) {
            var random = new Random(seed);
            var ends = new AtomicBoolean();
            Thread writer = Thread.startVirtualThread(() -> disturb(random, ends));
            try {
                List<String> forward = new ArrayList<>();
                Answer last = null;
                for (Answer page :
                        Pages.follow(server, server.base() + "/Patient?" + query, "next")) {
                    forward.addAll(stable(page));
                    last = page;
                }
                assertEquals(STABLE, forward.size(), "seed %d: %s".formatted(seed, forward));
                assertEquals(STABLE, new HashSet<>(forward).size(), forward.toString());
                back(last, forward, seed);
            } finally {
                ends.set(true);
                writer.join();
            }
        }
    }

    private static void back(Answer last, List<String> forward, int seed) {
        Set<String> seen = new HashSet<>(stable(last));
        Answer first = last;
        for (Optional<String> previous = Pages.link(last, "previous");
                previous.isPresent();
                previous = Pages.link(first, "previous")) {
            first = server.get(previous.get());
            assertEquals(200, first.status(), first.text());
            for (String id : stable(first)) {
                assertTrue(seen.add(id), "seed %d: %s again".formatted(seed, id));
            }
        }
        // From where one is then, the way forward is whole again.
        List<String> again = new ArrayList<>();
        for (Answer page : Pages.follow(server, Pages.link(first, "self").orElseThrow(), "next")) {
            again.addAll(stable(page));
        }
        boolean fromTheFirst = Pages.link(first, "previous").isEmpty();
        assertTrue(fromTheFirst);
        assertEquals(new HashSet<>(again).size(), again.size(), again.toString());
        List<String> end = forward.subList(forward.size() - again.size(), forward.size());
        assertEquals(end, again);
    }

    @Test
    void whatMovesAheadTakesNobodyWithIt() {
        for (int i = 0; i < 9; i++) {
            put("row" + i, 10 + i, "row");
        }
        String query = "/Patient?_tag=row&_sort=birthdate&_count=3";
        List<Answer> pages = Pages.follow(server, server.base() + query, "next");
        assertEquals(3, pages.size());
        String second = Pages.link(pages.get(2), "previous").orElseThrow();
        String first = Pages.link(server.get(second), "previous").orElseThrow();

        put("row3", 11, "row"); // from the second page between the first one's entries
        List<String> onward = new ArrayList<>();
        for (Answer page : Pages.follow(server, first, "next")) {
            onward.addAll(Pages.keys(page, "match"));
        }
        assertEquals(9, new HashSet<>(onward).size(), onward.toString());
        assertEquals(9, onward.size(), onward.toString());

        put("row4", 9, "row"); // ahead of all
        List<Answer> again = Pages.follow(server, first, "next");
        assertEquals(List.of(), Pages.keys(again.getFirst(), "match"));
        List<String> whole = new ArrayList<>();
        again.forEach(page -> whole.addAll(Pages.keys(page, "match")));
        assertEquals(9, new HashSet<>(whole).size(), whole.toString());
    }

    private static List<String> stable(Answer page) {
        return Pages.keys(page, "match").stream()
                .filter(key -> key.startsWith("Patient/stable"))
                .toList();
    }

    @Test
    void aPageOfManyBytesEndsEarlyAndGoesOn() {
        String large = "x".repeat(400_000);
        for (int i = 0; i < 110; i++) {
            Answer put =
                    server.send(
                            "PUT",
                            "/Basic/b" + i,
                            "{\"resourceType\":\"Basic\",\"id\":\"b%d\",\"code\":{\"text\":\"%s\"}}"
                                    .formatted(i, large));
            assertEquals(201, put.status());
        }
        List<Answer> pages =
                Pages.follow(server, server.base() + "/Basic?_count=1000&_total=accurate", "next");
        assertEquals(2, pages.size());
        var all = new TreeSet<String>();
        for (Answer page : pages) {
            assertTrue(page.bytes().length < 36 << 20, "bytes: " + page.bytes().length);
            assertEquals(110, page.total());
            all.addAll(Pages.keys(page, "match"));
        }
        assertEquals(110, all.size());
        Answer head = server.send("HEAD", "/Basic?_count=1000", (byte[]) null);
        assertEquals(200, head.status());
        assertEquals(0, head.bytes().length);
    }
}
