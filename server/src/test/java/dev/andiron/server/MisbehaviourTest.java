package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.StartupException;
import dev.andiron.kernel.plugin.Guard;
import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** A plugin that misbehaves is named, and the server goes on for the others. */
class MisbehaviourTest {
    @TempDir private Path folder;

    private RunningServer beside(String how) throws IOException {
        return server(Map.of("backends.other.plugin", "misbehaving", "backends.other.how", how));
    }

    private RunningServer server(Map<String, String> more) throws IOException {
        var all = new HashMap<String, String>();
        all.put("storage", "main");
        all.putAll(more);
        return new RunningServer(folder, all);
    }

    private static void goesOn(RunningServer server) {
        Answer made =
                server.send("PUT", "/Patient/1", "{\"resourceType\":\"Patient\",\"id\":\"1\"}");
        assertTrue(made.status() == 200 || made.status() == 201, made::text);
        assertEquals(200, server.get("/Patient/1").status());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    throws            | it has a defect (NoSuchElementException): no luck
                    lacks a class     | it has a defect (NoClassDefFoundError): acme/Gone
                    opens null        | the plugin opened nothing
                    null capabilities | the plugin does not tell its capabilities
                    wrong option      | 'how' is none of the ways that it knows
                    lies              | it declares versioning and has no facet for it
                    null facet        | it has a defect (IllegalStateException): it returned null, which the SPI never does
                    """)
    void oneThatDoesNotOpenIsReported(String how, String reason) throws IOException {
        try (var server = beside(how)) {
            Answer health = server.get(server.root() + "/health/ready");
            assertEquals(200, health.status());
            String sentence =
                    "the backend 'other' (plugin 'misbehaving') cannot be opened: " + reason;
            assertTrue(health.text().contains(sentence), health::text);
            goesOn(server);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    health throws | the backend 'other' failed in Backend.health
                    health null   | the backend 'other' failed in Backend.health
                    health blocks | it has not told its health
                    """)
    void oneThatIsNotWellIsReported(String how, String reason) throws IOException {
        try (var server = beside(how)) {
            Answer health = server.get(server.root() + "/health/ready");
            assertEquals(200, health.status());
            assertTrue(health.text().contains(reason), health::text);
            assertTrue(health.text().contains("\"other\""), health::text);
            goesOn(server);
        } finally {
            letGo();
        }
    }

    private static void letGo() {
        MisbehavingProvider.blocked.countDown();
        MisbehavingProvider.blocked = new CountDownLatch(1);
    }

    @Test
    void aWrongOptionOfTheStorageEndsTheStartInThePluginsWords() {
        var refused =
                assertThrows(
                        StartupException.class,
                        () ->
                                server(
                                        Map.of(
                                                "storage", "other",
                                                "backends.other.plugin", "misbehaving",
                                                "backends.other.how", "wrong option")));
        assertEquals(
                "the backend 'other' (plugin 'misbehaving') cannot be opened: 'how' is none of the"
                        + " ways that it knows",
                refused.getMessage());
    }

    /** It serves, and fails some calls: those are answered, named in the log, and nothing else. */
    @Test
    void failingCallsAreNamedAndOthersAreAnswered() throws IOException {
        Queue<String> log = new ConcurrentLinkedQueue<>();
        Handler handler = handler(log);
        Logger logger = Logger.getLogger(Guard.class.getName());
        logger.addHandler(handler);
        try (var server =
                server(Map.of("storage", "other", "backends.other.plugin", "misbehaving"))) {
            for (String id : List.of("null", "throws", "links", "overflows", "sneaks")) {
                log.clear();
                Answer answer = server.get("/Patient/" + id);
                assertEquals(500, answer.status(), id);
                assertEquals(
                        List.of("The storage failed; the server's log says why."),
                        answer.diagnostics());
                assertFalse(answer.text().contains("Exception"), answer::text);
                assertTrue(
                        log.contains("the backend 'other' failed in ResourceStore.read"),
                        log::toString);
                assertEquals(404, server.get("/Patient/well").status());
            }
            log.clear();
            assertEquals(500, server.get("/Patient?name=x").status());
            assertTrue(
                    log.contains("the backend 'other' failed in ResourceCursor.next"),
                    log::toString);
            Answer write = server.send("POST", "/Patient", "{\"resourceType\":\"Patient\"}");
            assertEquals(500, write.status(), write::text);
            assertTrue(
                    log.contains("the backend 'other' failed in ResourceStore.commit"),
                    log::toString);
        } finally {
            logger.removeHandler(handler);
        }
    }

    @Test
    void aCallThatBlocksHoldsOnlyItsOwnRequest() throws Exception {
        try (var server =
                server(Map.of("storage", "other", "backends.other.plugin", "misbehaving"))) {
            var held = CompletableFuture.supplyAsync(() -> server.get("/Patient/blocks"));
            for (int i = 0; i < 20; i++) {
                assertEquals(404, server.get("/Patient/well").status());
            }
            assertFalse(held.isDone());
            letGo();
            assertEquals(500, held.get().status());
        }
    }

    /** Others are closed all the same. */
    @Test
    void oneThatDoesNotCloseIsReportedAtTheEnd() throws IOException {
        var server = beside("close throws");
        goesOn(server);
        var failed = assertThrows(RuntimeException.class, server::stop);
        assertTrue(
                failed.getMessage().contains("the backend 'other' failed in Backend.close"),
                failed::getMessage);
        try (var again = beside("in calls")) {
            goesOn(again);
        }
    }

    private static Handler handler(Queue<String> log) {
        return new Handler() {
            @Override
            public void publish(LogRecord line) {
                log.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }
}
