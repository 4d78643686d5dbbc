package dev.andiron.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.Backend;
import dev.andiron.spi.Health;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.tck.fixture.Opening;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What happens to real servers: they end, fail over, run full, and lose processes. */
class PostgresFailureTest {
    private static final Path FULL = Path.of("/dev/full");

    private static Backend open(Path folder, String url, Map<String, ?> more) {
        var opening =
                new Opening(
                        new PostgresProvider(),
                        _ -> {
                            var options = new HashMap<String, Object>(more);
                            options.put("url", url);
                            options.put("user", "andiron");
                            options.putIfAbsent("pool-size", 4L);
                            options.putIfAbsent("pool-timeout", Duration.ofSeconds(2));
                            return options;
                        });
        return opening.open(folder);
    }

    private static String url(OwnServer server) {
        return "jdbc:postgresql://127.0.0.1:" + server.port() + "/andiron";
    }

    @Test
    void crashesLoseNothing(@TempDir Path folder) throws Exception {
        try (OwnServer server = OwnServer.start(folder);
                Backend first = open(folder, url(server), Map.of());
                Backend second = open(folder, url(server), Map.of())) {
            Counting.during(
                    "restarted",
                    List.of(first, second),
                    progress -> {
                        for (int round = 0; round < 2; round++) {
                            server.stop("immediate");
                            server.start();
                            progress.await(20);
                        }
                        killABackend(server);
                    });
            assertInstanceOf(Health.Up.class, first.health());
        }
    }

    /** SIGKILL for the process behind a commit: the server ends all others and recovers. */
    private static void killABackend(OwnServer server) throws SQLException {
        Optional<ProcessHandle> process = Optional.empty();
        try (Connection superuser = server.superuser("andiron");
                var statement = superuser.createStatement()) {
            while (process.isEmpty()) {
                try (var row =
                        statement.executeQuery(
                                "SELECT pid FROM pg_stat_activity WHERE usename = 'andiron' AND"
                                        + " state = 'active' AND query LIKE '%apply_changes%'")) {
                    if (row.next()) {
                        process = ProcessHandle.of(row.getLong(1));
                    }
                }
            }
        }
        assertTrue(process.get().destroyForcibly());
    }

    @Test
    void aFailoverToASynchronousStandbyLosesNothing(@TempDir Path folder) throws Exception {
        try (OwnServer primary = OwnServer.start(folder);
                OwnServer standby = primary.standby()) {
            String url =
                    "jdbc:postgresql://127.0.0.1:%d,127.0.0.1:%d/andiron"
                            .formatted(primary.port(), standby.port());
            awaitReplication(primary);
            String parameters = "?targetServerType=primary&hostRecheckSeconds=1";
            try (Backend first = open(folder, url + parameters, Map.of());
                    Backend second = open(folder, url + parameters, Map.of())) {
                Counting.during(
                        "failover",
                        List.of(first, second),
                        _ -> {
                            primary.stop("immediate");
                            standby.promote();
                        });
            }
        }
    }

    private static void awaitReplication(OwnServer primary) throws SQLException {
        try (Connection superuser = primary.superuser("postgres");
                var statement = superuser.createStatement()) {
            boolean synchronous = false;
            while (!synchronous) {
                try (var row =
                        statement.executeQuery(
                                "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'")) {
                    synchronous = row.next();
                }
            }
        }
    }

    /** Of what a commit writes, the last table has no room: the kernel says so (ENOSPC). */
    @Test
    void aFullDiskKeepsNothingOfACommit(@TempDir Path folder) throws Exception {
        try (OwnServer server = OwnServer.start(folder)) {
            Path relation;
            try (Backend node = open(folder, url(server), Map.of())) {
                Tenant.of(node, "full").create(Resources.patient("1"));
                try (Connection superuser = server.superuser("andiron");
                        var statement = superuser.createStatement();
                        var row =
                                statement.executeQuery(
                                        "SELECT pg_relation_filepath('andiron.number_index')")) {
                    assertTrue(row.next());
                    relation = server.data().resolve(row.getString(1));
                }
            }
            server.stop("fast");
            Path empty = relation.resolveSibling("empty");
            Files.move(relation, empty);
            assertEquals(0, Files.size(empty));
            Files.createSymbolicLink(relation, FULL);
            server.start();
            try (Backend node = open(folder, url(server), Map.of())) {
                Tenant tenant = Tenant.of(node, "full");
                var number =
                        new SearchValue.Number(
                                "length", BigDecimal.ONE, BigDecimal.ONE, BigDecimal.ONE);
                assertThrows(
                        StorageException.OutOfSpace.class,
                        () ->
                                tenant.commit(
                                        Resources.put(Resources.patient("2"), 1),
                                        Resources.put(Resources.patient("1"), 2, number)));
                assertEquals(1, tenant.currentVersion(Resources.patient("1")));
                assertEquals(0, tenant.currentVersion(Resources.patient("2")));
                assertEquals(1, tenant.changes(0, 10).size());
                // What needs no room there goes on.
                tenant.update(Resources.patient("1"));
                // There is room again; the server's processes look for it when they open the file
                // anew.
                Files.move(empty, relation, StandardCopyOption.REPLACE_EXISTING);
                endSessions(server);
                tenant.commit(
                        Resources.put(Resources.patient("2"), 1),
                        Resources.put(Resources.patient("1"), 3, number));
                assertEquals(4, tenant.changes(0, 10).size());
            }
        }
    }

    private static void endSessions(OwnServer server) throws SQLException {
        try (Connection superuser = server.superuser("andiron");
                var statement = superuser.createStatement()) {
            statement.execute(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename ="
                            + " 'andiron'");
        }
    }
}
