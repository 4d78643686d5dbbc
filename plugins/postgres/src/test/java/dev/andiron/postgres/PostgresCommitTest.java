package dev.andiron.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.postgres.WireProxy.Fate;
import dev.andiron.spi.Backend;
import dev.andiron.spi.Options;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;
import dev.andiron.tck.fixture.Opening;
import dev.andiron.tck.fixture.RecordedMeters;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** Connections that are cut at a commit, and bounds on waiting. */
class PostgresCommitTest {
    private static final ResourceKey KEY = Resources.patient("1");

    private final PostgresServer server = PostgresServer.of(18);

    private Backend open(Path folder, Map<String, ?> more) {
        return new Opening(
                        new PostgresProvider(),
                        _ -> {
                            var options = new HashMap<String, Object>(server.options(folder));
                            options.put("user", "andiron");
                            options.putAll(more);
                            return options;
                        })
                .open(folder);
    }

    private static long write(Tenant tenant, boolean conditional, long version) {
        List<Precondition> conditions =
                conditional
                        ? List.of(new Precondition.NoMatch("Basic", Criterion.everything()))
                        : List.of();
        return tenant.commit(conditions, Resources.put(KEY, version));
    }

    @Test
    void aCommitThatLosesItsConnectionHappensOnce(@TempDir Path folder) {
        try (var proxy = new WireProxy(server.port());
                Backend node = open(folder, Map.of("url", proxy.url("andiron")))) {
            Tenant tenant = Tenant.of(node, "cut");
            long version = 0;
            // Without a condition the call is the commit; with one, COMMIT is.
            for (boolean conditional : List.of(false, true)) {
                for (Fate fate : List.of(Fate.CUT_BEFORE, Fate.CUT_AFTER)) {
                    var cut = new AtomicBoolean();
                    String last = conditional ? "COMMIT" : "apply_changes";
                    proxy.watch(
                            sql ->
                                    sql.contains(last) && cut.compareAndSet(false, true)
                                            ? fate
                                            : Fate.PASS);
                    long position = write(tenant, conditional, ++version);
                    assertTrue(cut.get());
                    assertEquals(version, tenant.currentVersion(KEY));
                    assertEquals(position, tenant.feed().last(tenant.context()));
                    assertEquals(version, tenant.changes(0, 10).size());
                }
            }
        }
    }

    @Test
    void anOutcomeThatCannotBeLookedUpIsSaidToBeUnknown(@TempDir Path folder) {
        try (var proxy = new WireProxy(server.port());
                Backend node =
                        open(
                                folder,
                                Map.of(
                                        "url",
                                        proxy.url("andiron"),
                                        "pool-timeout",
                                        Duration.ofMillis(300)))) {
            Tenant tenant = Tenant.of(node, "unknown");
            tenant.create(KEY);
            for (Fate fate : List.of(Fate.CUT_AFTER, Fate.CUT_BEFORE)) {
                long version = tenant.currentVersion(KEY);
                proxy.watch(
                        sql -> {
                            if (!sql.contains("apply_changes")) {
                                return Fate.PASS;
                            }
                            // Nobody listens there.
                            proxy.switchTo(1);
                            return fate;
                        });
                var lost =
                        assertThrows(
                                StorageException.Unavailable.class,
                                () -> write(tenant, false, version + 1));
                assertTrue(lost.outcomeUnknown());
                assertThrows(StorageException.Unavailable.class, () -> tenant.read(KEY));
                proxy.watch(sql -> Fate.PASS);
                proxy.switchTo(server.port());
                assertTrue(tenant.currentVersion(KEY) >= version);
            }
        }
    }

    private static void lock(Connection obstacle, Path folder, String table, String mode)
            throws SQLException {
        obstacle.setAutoCommit(false);
        try (var statement = obstacle.createStatement()) {
            statement.execute(
                    "LOCK TABLE "
                            + PostgresServer.schema(folder)
                            + "."
                            + table
                            + " IN "
                            + mode
                            + " MODE");
        }
    }

    @Test
    void whoGetsNoConnectionIsPutOff(@TempDir Path folder) throws SQLException {
        var small = Map.of("pool-size", 1L, "pool-timeout", Duration.ofMillis(250));
        try (Backend node = open(folder, small);
                Connection obstacle = DriverManager.getConnection(server.url())) {
            Tenant tenant = Tenant.of(node, "waits");
            tenant.create(KEY);
            lock(obstacle, folder, "resources", "EXCLUSIVE");
            var held = CompletableFuture.supplyAsync(() -> write(tenant, false, 2));
            while (!isPutOff(tenant)) {
                Thread.onSpinWait();
            }
            obstacle.rollback();
            assertEquals(held.join(), tenant.feed().last(tenant.context()));
        }
    }

    @Test
    void waitingForALockIsBounded(@TempDir Path folder) throws SQLException {
        try (Backend node = open(folder, Map.of("lock-timeout", Duration.ofMillis(100)));
                Connection obstacle = DriverManager.getConnection(server.url())) {
            Tenant tenant = Tenant.of(node, "locks");
            tenant.create(KEY);
            lock(obstacle, folder, "resources", "EXCLUSIVE");
            var gaveUp =
                    assertThrows(StorageException.Unavailable.class, () -> write(tenant, false, 2));
            assertTrue(gaveUp.getMessage().contains("lock-timeout"), gaveUp.getMessage());
            assertTrue(gaveUp.retryAfter().isPositive());
            obstacle.rollback();
            write(tenant, false, 2);
        }
    }

    private static boolean isPutOff(Tenant tenant) {
        try {
            tenant.read(KEY);
            return false;
        } catch (StorageException.Unavailable e) {
            assertTrue(e.getMessage().contains("no connection"), e.getMessage());
            assertTrue(e.retryAfter().isPositive());
            return true;
        }
    }

    /** Each request waits once, not once for each try. */
    @Test
    void aDatabaseThatIsAwayIsWaitedForOnce(@TempDir Path folder) {
        var meters = new RecordedMeters();
        try (var proxy = new WireProxy(server.port())) {
            var options = new HashMap<String, Object>(server.options(folder));
            options.put("url", proxy.url("andiron"));
            options.put("user", "andiron");
            options.put("pool-timeout", Duration.ofMillis(300));
            try (Backend node =
                    PostgresBackend.open(
                            PostgresOptions.of(Options.of(PostgresOptions.ALL, options)),
                            InstantSource.system(),
                            meters)) {
                Tenant tenant = Tenant.of(node, "away");
                tenant.create(KEY);
                assertEquals(12, meters.gauge("postgres.pool.most{}"));
                assertTrue(meters.of("postgres.pool.waits{}") > 0);
                // Nobody listens there, and the connections that there are break.
                proxy.switchTo(1);
                proxy.watch(_ -> Fate.CUT_BEFORE);
                assertThrows(StorageException.Unavailable.class, () -> tenant.read(KEY));
                assertThrows(StorageException.Unavailable.class, () -> write(tenant, false, 2));
                assertEquals(2, meters.of("postgres.pool.timeouts{}"));
                proxy.watch(_ -> Fate.PASS);
                proxy.switchTo(server.port());
                assertEquals(1, tenant.currentVersion(KEY));
            }
        }
    }

    @Test
    void statementsAreBounded(@TempDir Path folder) throws SQLException {
        var impatient =
                Map.of(
                        "lock-timeout", Duration.ofSeconds(60),
                        "statement-timeout", Duration.ofSeconds(1));
        try (Backend node = open(folder, impatient);
                Connection obstacle = DriverManager.getConnection(server.url())) {
            Tenant tenant = Tenant.of(node, "statements");
            tenant.create(KEY);
            lock(obstacle, folder, "versions", "ACCESS EXCLUSIVE");
            assertThrows(StorageException.Timeout.class, () -> tenant.read(KEY));
            assertThrows(StorageException.Timeout.class, () -> write(tenant, false, 2));
            obstacle.rollback();
            write(tenant, false, 2);
            assertEquals(2, tenant.currentVersion(KEY));
        }
    }
}
