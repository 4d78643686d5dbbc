package dev.andiron.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.Backend;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobSubmission;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.tck.fixture.Opening;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Two nodes on one database, and what happens to a database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresNodesTest {
    private static final List<String> FENCED =
            List.of(
                    "kinds",
                    "parameters",
                    "names",
                    "resources",
                    "versions",
                    "text_index",
                    "token_index",
                    "token_display",
                    "reference_index",
                    "date_index",
                    "number_index");

    private final PostgresServer server = PostgresServer.of(18);
    private String schema;
    private Backend first;
    private Backend second;

    @BeforeAll
    void openTwoNodes(@TempDir Path folder) {
        schema = PostgresServer.schema(folder);
        var opening = new Opening(new PostgresProvider(), server::options);
        first = opening.open(folder);
        second = opening.open(folder);
    }

    @AfterAll
    void close() {
        first.close();
        second.close();
    }

    private Connection role() throws SQLException {
        Connection connection = DriverManager.getConnection(server.url());
        try (var statement = connection.createStatement()) {
            statement.execute("SET search_path TO " + schema);
        }
        return connection;
    }

    /** Names a tenant, as the plugin's sessions do; gives its number. */
    private static long enter(Connection connection, String tenant) throws SQLException {
        number(
                connection,
                "SELECT length(set_config('andiron.tenant_name', '" + tenant + "', false))");
        long number = number(connection, "SELECT id FROM tenants WHERE name = '" + tenant + "'");
        number(connection, "SELECT length(set_config('andiron.tenant', '" + number + "', false))");
        return number;
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            assertTrue(row.next(), sql);
            return row.getLong(1);
        }
    }

    private static void awaitLockWait(Connection connection) throws SQLException {
        while (number(
                        connection,
                        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'transactionid'"
                                + " AND query LIKE '%apply_commit%'")
                == 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void theFeedStopsInFrontOfACommitThatIsNotDone() throws Exception {
        var slow = Tenant.of(first, "slow");
        var fast = Tenant.of(second, "slow");
        slow.create(Resources.patient("before"));
        long before = last(slow);
        try (Connection obstacle = role();
                Connection watcher = server.superuser()) {
            enter(obstacle, "slow");
            obstacle.setAutoCommit(false);
            try (var statement = obstacle.createStatement()) {
                statement.execute(
                        "INSERT INTO resources SELECT tenant, id, 0, 4611686018427387904, 0, 1, 0,"
                                + " 'held' FROM kinds WHERE type = 'Patient'");
            }
            // It has its number and waits for the key.
            var held =
                    CompletableFuture.supplyAsync(
                            () -> slow.commit(Resources.put(Resources.patient("held"), 1)));
            awaitLockWait(watcher);
            long ahead = fast.commit(Resources.put(Resources.patient("fast"), 1));
            assertEquals(List.of(), fast.changes(before, 10), "the feed passed an open commit");
            assertEquals(before, last(fast));
            obstacle.rollback();
            long position = held.get();
            assertTrue(position < ahead, "the commit that began first has the larger position");
            assertEquals(
                    List.of(position, ahead),
                    fast.changes(before, 10).stream().map(Change::position).toList());
            assertEquals(ahead, last(slow));
        }
    }

    private static long last(Tenant tenant) {
        return tenant.feed().last(tenant.context());
    }

    @Test
    void followersOfSixteenWritersOnTwoNodesMissNothing() throws InterruptedException {
        int writers = 16;
        int commits = 25;
        var finished = new CountDownLatch(writers);
        var tasks = new ArrayList<Callable<List<Change>>>();
        for (int writer = 0; writer < writers; writer++) {
            var tenant = Tenant.of(writer % 2 == 0 ? first : second, "many");
            String name = "w" + writer;
            tasks.add(
                    () -> {
                        try {
                            for (int i = 1; i <= commits; i++) {
                                tenant.commit(
                                        Resources.put(Resources.patient(name), i),
                                        Resources.put(Resources.patient(name + "-" + i), 1));
                            }
                        } finally {
                            finished.countDown();
                        }
                        return List.of();
                    });
        }
        for (Backend node : List.of(first, second)) {
            tasks.add(() -> follow(Tenant.of(node, "many"), finished));
        }
        var results = Race.run(tasks);
        var whole = Tenant.of(first, "many").changes(0, 1000);
        assertEquals(writers * commits * 2, whole.size());
        assertEquals(whole, results.get(writers), "a follower saw something else");
        assertEquals(whole, results.get(writers + 1), "a follower saw something else");
        var versions = new HashMap<ResourceKey, Long>();
        for (Change change : whole) {
            var resource = ((Change.Written) change).resource();
            assertEquals(versions.getOrDefault(resource.key(), 0L) + 1, resource.version());
            versions.put(resource.key(), resource.version());
        }
    }

    private static List<Change> follow(Tenant tenant, CountDownLatch finished) {
        var seen = new ArrayList<Change>();
        while (true) {
            boolean last = finished.getCount() == 0;
            long position = seen.isEmpty() ? 0 : seen.getLast().position();
            var page = tenant.feed().changes(tenant.context(), position, 7);
            seen.addAll(page);
            if (last && page.isEmpty()) {
                return seen;
            }
        }
    }

    @Test
    void conditionsHoldAcrossNodesAgainstConditionalAndPlainWrites() throws InterruptedException {
        var value = new SearchValue.Token("identifier", "urn:s", "one", "");
        var criterion =
                new Criterion.Value(
                        "identifier",
                        new ValueTest.Token(Optional.of("urn:s"), Optional.of("one")));
        List<Precondition> free = List.of(new Precondition.NoMatch("Patient", criterion));
        for (int round = 0; round < 5; round++) {
            String name = "conditions" + round;
            var tasks = new ArrayList<Callable<Long>>();
            for (int i = 0; i < 20; i++) {
                var tenant = Tenant.of(i % 2 == 0 ? first : second, name);
                Mutation put = Resources.put(Resources.patient("p" + i), 1, value);
                boolean plain = i == 7;
                tasks.add(
                        () -> {
                            try {
                                return plain ? tenant.commit(put) : tenant.commit(free, put);
                            } catch (StorageException.PreconditionFailed taken) {
                                return 0L;
                            }
                        });
            }
            var positions = Race.run(tasks);
            var winners = positions.stream().filter(position -> position > 0).sorted().toList();
            // A conditional one may come in front of the plain one, never behind it.
            assertTrue(winners.size() <= 2, () -> "several were created: " + winners);
            assertEquals(positions.get(7), winners.getLast());
        }
    }

    @Test
    void overlappingBundlesInAnyOrderEnd() throws InterruptedException {
        var tasks = new ArrayList<Callable<Integer>>();
        for (int writer = 0; writer < 12; writer++) {
            var tenant = Tenant.of(writer % 2 == 0 ? first : second, "bundles");
            var random = new Random(writer);
            tasks.add(
                    () -> {
                        int won = 0;
                        for (int i = 0; i < 15; i++) {
                            won += bundle(tenant, random) ? 1 : 0;
                        }
                        return won;
                    });
        }
        int won = Race.run(tasks).stream().mapToInt(Integer::intValue).sum();
        assertTrue(won > 0, "no bundle was applied");
        var tenant = Tenant.of(first, "bundles");
        assertEquals(won * 4, tenant.changes(0, 1000).size(), "a bundle is there by halves");
    }

    private static boolean bundle(Tenant tenant, Random random) {
        var keys = new ArrayList<ResourceKey>();
        for (int i = 0; i < 8; i++) {
            keys.add(i % 2 == 0 ? Resources.patient("b" + i) : Resources.observation("b" + i));
        }
        Collections.shuffle(keys, random);
        var puts = new ArrayList<Mutation>();
        for (ResourceKey key : keys.subList(0, 4)) {
            puts.add(Resources.put(key, tenant.currentVersion(key) + 1));
        }
        List<Precondition> conditions =
                random.nextBoolean()
                        ? List.of()
                        : List.of(
                                new Precondition.NoMatch(
                                        random.nextBoolean() ? "Patient" : "Observation",
                                        new Criterion.Any(List.of())));
        try {
            tenant.commit(conditions, puts.toArray(Mutation[]::new));
            return true;
        } catch (StorageException.VersionConflict conflict) {
            return false;
        }
    }

    @Test
    void aSessionSeesTheRowsOfItsTenantAlone() throws SQLException {
        for (String name : List.of("mine", "theirs")) {
            Tenant.of(first, name)
                    .create(
                            Resources.patient("1"),
                            new SearchValue.Token("identifier", "urn:s", name, "display"),
                            new SearchValue.Text("name", name, name),
                            new SearchValue.LocalReference("link", "Patient", "2", ""));
            Tenant tenant = Tenant.of(first, name);
            tenant.jobs()
                    .submit(
                            tenant.context(),
                            new JobSubmission(new JobId(name), "fence", Json.empty()));
        }
        try (Connection connection = role()) {
            for (String table : FENCED) {
                assertEquals(0, number(connection, "SELECT count(*) FROM " + table), table);
            }
            for (String table : List.of("tenants", "jobs")) {
                assertEquals(0, number(connection, "SELECT count(*) FROM " + table), table);
            }
            long mine = enter(connection, "mine");
            assertEquals(1, number(connection, "SELECT count(*) FROM tenants"));
            assertEquals(1, number(connection, "SELECT count(*) FROM jobs"));
            for (String table : FENCED) {
                assertEquals(
                        0,
                        number(
                                connection,
                                "SELECT count(*) FROM " + table + " WHERE tenant <> " + mine),
                        table);
            }
            assertEquals(1, number(connection, "SELECT count(*) FROM resources"));
            try (var statement = connection.createStatement()) {
                assertThrows(
                        SQLException.class,
                        () ->
                                statement.execute(
                                        "INSERT INTO kinds (tenant, type) VALUES ("
                                                + (mine + 1)
                                                + ", 'Basic')"));
            }
        }
    }

    @Test
    void nothingAcknowledgedIsLostWhenConnectionsAreCut() throws Exception {
        var done = new AtomicBoolean();
        var cutter =
                CompletableFuture.runAsync(
                        () -> {
                            try (Connection superuser = server.superuser()) {
                                while (!done.get()) {
                                    number(
                                            superuser,
                                            "SELECT count(pg_terminate_backend(pid)) FROM"
                                                    + " pg_stat_activity WHERE usename = 'andiron'"
                                                    + " AND query LIKE '%apply_commit%'");
                                    number(superuser, "SELECT 1 FROM pg_sleep(0.05)");
                                }
                            } catch (SQLException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        var tasks = new ArrayList<Callable<Map<ResourceKey, Long>>>();
        for (int writer = 0; writer < 6; writer++) {
            var tenant = Tenant.of(writer % 2 == 0 ? first : second, "cut");
            var key = Resources.patient("c" + writer);
            var twin = Resources.observation("c" + writer);
            tasks.add(() -> Map.of(key, count(tenant, key, twin)));
        }
        try {
            var written = Race.run(tasks);
            var tenant = Tenant.of(first, "cut");
            for (var each : written) {
                each.forEach(
                        (key, version) -> {
                            assertEquals(version, tenant.currentVersion(key));
                            assertEquals(
                                    version,
                                    tenant.currentVersion(Resources.observation(key.id())),
                                    "a commit is there by halves");
                        });
            }
        } finally {
            done.set(true);
            cutter.get();
        }
    }

    /** Writes versions one after the other; gives the last one. */
    private static long count(Tenant tenant, ResourceKey key, ResourceKey twin) {
        long version = 0;
        while (version < 30) {
            try {
                tenant.commit(Resources.put(key, version + 1), Resources.put(twin, version + 1));
                version++;
            } catch (StorageException.Unavailable e) {
                if (e.outcomeUnknown()) {
                    version = tenant.currentVersion(key);
                }
                // Otherwise it has not happened: the same version is free.
            }
        }
        return version;
    }
}
