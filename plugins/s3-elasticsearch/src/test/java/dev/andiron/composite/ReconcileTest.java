package dev.andiron.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.composite.CompositeClient.Answer;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** What an operator sees and does about a composite, over HTTP. */
class ReconcileTest {
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    private static final String REPAIR = "{\"name\":\"repair\",\"valueBoolean\":true}";
    private static final String CONTENT = "{\"name\":\"content\",\"valueBoolean\":true}";

    @TempDir private Path data;

    private CompositeServer open() throws IOException {
        return new CompositeServer(data, CompositeServer.sqliteAndMemory(data));
    }

    @Test
    void differencesAreListedExactlyAndRepairedOnRequest() throws Exception {
        try (var server = open()) {
            for (int i = 100; i < 140; i++) {
                server.put("p" + i, "Young");
            }
            server.put("p101", "Old");
            server.delete("p102");
            assertEquals(38, server.find("family=Young").size());
            spoil();
            String status = server.start("$reconcile", CONTENT);
            Answer looked = server.await(status);
            assertEquals(200, looked.status(), looked.body());
            var expected =
                    List.of(
                            "missing Patient/p100",
                            "stale Patient/p101",
                            "deleted Patient/p102",
                            "altered Patient/p103",
                            "extra Patient/x");
            assertEquals(expected, server.lines(looked.json()));
            assertEquals(39, CompositeClient.number(looked.json(), "compared"));
            for (String kind : List.of("missing", "stale", "deleted", "altered", "extra")) {
                assertEquals(1, CompositeClient.number(looked.json(), kind), kind);
            }
            Answer repaired = server.await(server.start("$reconcile", REPAIR + "," + CONTENT));
            assertEquals(expected, server.lines(repaired.json()), "looking changed nothing");
            Answer again = server.await(server.start("$reconcile", CONTENT));
            assertEquals(List.of(), server.lines(again.json()));
            assertEquals(38, server.find("family=Young").size());
            assertEquals(List.of("p101"), server.find("family=Old"));
        }
    }

    /** Deletes, alters and adds by hand. */
    private void spoil() {
        MemoryIndex index = MemoryIndexProvider.of(data);
        index.tamper(TENANT, key("p100"), Optional.empty());
        index.tamper(TENANT, key("p101"), Optional.of(present("p101", 1, 2)));
        index.tamper(TENANT, key("p102"), Optional.of(present("p102", 1, 3)));
        index.tamper(TENANT, key("p103"), Optional.of(present("p103", 1, 4)));
        index.tamper(TENANT, key("x"), Optional.of(present("x", 1, 1_000_000)));
    }

    private static ResourceKey key(String id) {
        return new ResourceKey("Patient", id);
    }

    private static Projection present(String id, long version, long position) {
        return new Projection.Present(
                position,
                new StoredResource(
                        key(id),
                        version,
                        Instant.EPOCH,
                        FhirVersion.R4,
                        false,
                        Json.of("{\"resourceType\":\"Patient\"}")),
                List.of());
    }

    @Test
    void aRebuildLeavesNothingOfWhatWasWrong() throws Exception {
        try (var server = open()) {
            for (int i = 100; i < 140; i++) {
                server.put("p" + i, "Young");
            }
            server.find("family=Young");
            spoil();
            Answer rebuilt = server.await(server.start("$rebuild", ""));
            assertEquals(40, CompositeClient.number(rebuilt.json(), "copied"));
            assertEquals(40, server.find("family=Young").size());
            Answer compared = server.await(server.start("$reconcile", CONTENT));
            assertEquals(List.of(), server.lines(compared.json()));
        }
    }

    @Test
    void aRebuildThatIsCancelledIsDropped() throws Exception {
        var reached = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        try (var server = open()) {
            server.put("p", "Young");
            server.find("family=Young");
            MemoryIndex index = MemoryIndexProvider.of(data);
            index.failOn(
                    projection -> {
                        reached.countDown();
                        return goOn.getCount() > 0;
                    });
            String status = server.start("$rebuild", "");
            reached.await();
            assertTrue(index.isRebuilding(TENANT));
            assertEquals(202, server.send("DELETE", status, "").status());
            goOn.countDown();
            assertFalse(index.isRebuilding(TENANT));
            assertEquals(404, server.get(status).status());
            server.put("q", "Young");
            assertEquals(List.of("p", "q"), server.find("family=Young"));
        }
    }

    /** What was found and not repaired any more stays as it was, and is found again. */
    @Test
    void aReconciliationMayBeCancelledInTheMiddle() throws Exception {
        var reached = new CountDownLatch(1);
        try (var server = open()) {
            for (int i = 100; i < 105; i++) {
                server.put("p" + i, "Young");
            }
            assertEquals(5, server.find("family=Young").size());
            spoil();
            MemoryIndex index = MemoryIndexProvider.of(data);
            index.failOn(
                    projection -> {
                        reached.countDown();
                        return true;
                    });
            String status = server.start("$reconcile", REPAIR + "," + CONTENT);
            reached.await();
            assertEquals(202, server.persist("DELETE", status, "").status());
            assertEquals(404, server.persist("GET", status, "").status());
            index.failOn(projection -> false);
            server.put("q", "Young");
            Answer again = server.await(server.start("$reconcile", REPAIR + "," + CONTENT));
            assertEquals(
                    List.of(
                            "missing Patient/p100",
                            "altered Patient/p101",
                            "altered Patient/p102",
                            "altered Patient/p103"),
                    server.lines(again.json()),
                    "what the primary never had was forgotten before");
            assertEquals(
                    List.of("p100", "p101", "p102", "p103", "p104", "q"),
                    server.find("family=Young"));
        }
    }

    @Test
    void aServerComparesOnItsOwnAsConfigured() throws Exception {
        Map<String, String> settings = new HashMap<>(CompositeServer.sqliteAndMemory(data));
        try (var server = open()) {
            server.put("p100", "Young");
            server.put("p101", "Young");
            server.find("family=Young");
        }
        MemoryIndexProvider.of(data).tamper(TENANT, key("p100"), Optional.empty());
        settings.put("reconcile.every", "1s");
        try (var server = new CompositeServer(data, settings)) {
            while (!server.find("family=Young").equals(List.of("p100", "p101"))) {
                Thread.sleep(20);
            }
            assertEquals(2, MemoryIndexProvider.of(data).held(TENANT).size());
        }
    }

    @Test
    void healthAndMetricsTellHowTheFollowerIsDoing() throws Exception {
        Map<String, String> settings = new HashMap<>(CompositeServer.sqliteAndMemory(data));
        settings.put("backends.main.sync", "asynchronous");
        try (var server = new CompositeServer(data, settings)) {
            server.put("p", "Young");
            server.awaitFollower(Map.of("lagPositions", "0"));
            MemoryIndex index = MemoryIndexProvider.of(data);
            index.failOn(projection -> true);
            server.put("q", "Young");
            server.awaitFollower(Map.of("status", "unhealthy"));
            assertEquals("it is down", server.follower("lastError"));
            assertEquals("1", server.follower("lagPositions"));
            assertTrue(server.get(server.root() + "/health/ready").body().contains("degraded"));
            String metrics = server.get(server.root() + "/metrics").body();
            assertTrue(metrics.contains("andiron_follower_healthy{"), metrics);
            assertEquals("0.0", metric(metrics, "andiron_follower_healthy"));
            assertEquals("1.0", metric(metrics, "andiron_follower_lag_positions"));
            assertTrue(Double.parseDouble(metric(metrics, "andiron_follower_failures")) >= 5);
            assertTrue(Double.parseDouble(metric(metrics, "andiron_follower_retries_total")) >= 5);
            index.failOn(projection -> false);
            server.awaitFollower(
                    Map.of(
                            "status", "healthy",
                            "lastError", "",
                            "lagPositions", "0",
                            "failuresInARow", "0"));
        }
    }

    private static String metric(String metrics, String name) {
        String line =
                metrics.lines()
                        .filter(each -> each.startsWith(name + "{"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(name + " is not in " + metrics));
        assertTrue(line.contains("composite=\"main\""), line);
        assertTrue(line.contains("follower=\"index\""), line);
        return line.substring(line.lastIndexOf(' ') + 1);
    }

    @Test
    void whatCannotBeDoneIsRefusedByName() throws Exception {
        try (var server = open()) {
            Answer other =
                    server.send(
                            "POST",
                            "/$reconcile",
                            """
                            {"resourceType":"Parameters",
                             "parameter":[{"name":"composite","valueString":"other"}]}
                            """);
            assertEquals(404, other.status());
            assertTrue(other.body().contains("there is main"), other.body());
            assertEquals(405, server.get("/$reconcile").status());
        }
    }
}
