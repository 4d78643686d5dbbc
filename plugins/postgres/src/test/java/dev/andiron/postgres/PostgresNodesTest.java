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
import dev.andiron.tck.fixture.ForkedJvm;
import dev.andiron.tck.fixture.Opening;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
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
                                + " AND query LIKE '%apply_changes%'")
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
            hold(obstacle, "slow");
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

    /** Holds the key of a patient, so that who creates it waits, its number drawn. */
    private static void hold(Connection obstacle, String tenant) throws SQLException {
        enter(obstacle, tenant);
        obstacle.setAutoCommit(false);
        try (var statement = obstacle.createStatement()) {
            statement.execute(
                    "INSERT INTO resources SELECT tenant, id, 0, 4611686018427387904, 0, 1, 0,"
                            + " 'held' FROM kinds WHERE type = 'Patient'");
        }
    }

    private static long last(Tenant tenant) {
        return tenant.feed().last(tenant.context());
    }

    /** Two processes of eight writers each, and a transaction that stays open while they write. */
    @Test
    void followersOfSixteenWritersInTwoProcessesMissNothing(@TempDir Path folder) throws Exception {
        var patience = new HashMap<String, Object>(server.options(folder));
        patience.put("schema", schema);
        patience.put("lock-timeout", Duration.ofMinutes(3));
        patience.put("statement-timeout", Duration.ofMinutes(3));
        var opening = new Opening(new PostgresProvider(), _ -> patience);
        try (Connection obstacle = role();
                Connection watcher = server.superuser();
                Backend slow = opening.open(folder)) {
            Tenant.of(slow, "many").create(Resources.patient("before"));
            var processes = List.of(writers("a"), writers("b"));
            for (Process process : processes) {
                assertEquals(FeedWriter.READY, process.inputReader().readLine());
            }
            var over = new AtomicBoolean();
            var followers = new ArrayList<CompletableFuture<List<Change>>>();
            for (Backend node : List.of(first, second)) {
                followers.add(
                        CompletableFuture.supplyAsync(
                                () -> follow(Tenant.of(node, "many"), over),
                                Thread::startVirtualThread));
            }
            hold(obstacle, "many");
            var held =
                    CompletableFuture.supplyAsync(
                            () ->
                                    Tenant.of(slow, "many")
                                            .commit(Resources.put(Resources.patient("held"), 1)),
                            Thread::startVirtualThread);
            awaitLockWait(watcher);
            for (Process process : processes) {
                process.outputWriter().append('\n').flush();
            }
            for (Process process : processes) {
                assertEquals(FeedWriter.UNDERWAY, process.inputReader().readLine());
            }
            obstacle.rollback();
            long position = held.get();
            for (Process process : processes) {
                assertEquals(FeedWriter.DONE, process.inputReader().readLine());
                assertEquals(0, process.waitFor());
            }
            over.set(true);
            var whole = Tenant.of(first, "many").changes(0, 2_000);
            assertEquals(
                    2 + 2 * FeedWriter.WRITERS * FeedWriter.COMMITS * 2,
                    whole.size(),
                    "changes are missing");
            assertEquals(position, whole.get(1).position(), "the slow one began first");
            for (var follower : followers) {
                assertEquals(whole, follower.get(), "a follower saw something else");
            }
            var versions = new HashMap<ResourceKey, Long>();
            for (Change change : whole) {
                var resource = ((Change.Written) change).resource();
                assertEquals(versions.getOrDefault(resource.key(), 0L) + 1, resource.version());
                versions.put(resource.key(), resource.version());
            }
        }
    }

    private Process writers(String node) throws IOException {
        var command = new ArrayList<>(ForkedJvm.command(PostgresNodesTest.class));
        command.addAll(List.of(FeedWriter.class.getName(), server.url(), schema, "many", node));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static List<Change> follow(Tenant tenant, AtomicBoolean over) {
        var seen = new ArrayList<Change>();
        while (true) {
            boolean last = over.get();
            long position = seen.isEmpty() ? 0 : seen.getLast().position();
            var page = tenant.feed().changes(tenant.context(), position, 7);
            seen.addAll(page);
            if (last && page.isEmpty()) {
                return seen;
            }
        }
    }

    /** Nodes that start at once on a database without tables: one makes them, all serve. */
    @Test
    void nodesThatStartAtOnceMakeTheTablesOnce(@TempDir Path folder) throws Exception {
        var opening = new Opening(new PostgresProvider(), server::options);
        var tasks = new ArrayList<Callable<Long>>();
        for (int i = 0; i < 8; i++) {
            String name = "starter" + i;
            tasks.add(
                    () -> {
                        try (Backend node = opening.open(folder)) {
                            return Tenant.of(node, "all")
                                    .commit(Resources.put(Resources.patient(name), 1));
                        }
                    });
        }
        var processes = new ArrayList<CompletableFuture<NodeProcess>>();
        for (int i = 0; i < 2; i++) {
            processes.add(
                    CompletableFuture.supplyAsync(
                            () -> NodeProcess.start(server.url(), PostgresServer.schema(folder)),
                            Thread::startVirtualThread));
        }
        assertEquals(8, Race.run(tasks).stream().distinct().count());
        for (var process : processes) {
            NodeProcess node = process.get();
            assertEquals(Optional.of("0"), node.ask("p", new Group.Question.ReadPatient()));
            node.kill();
        }
        try (Connection connection = role();
                Backend node = opening.open(folder)) {
            assertEquals(8, Tenant.of(node, "all").changes(0, 100).size());
            String versions = PostgresServer.schema(folder) + ".schema_version";
            assertEquals(
                    number(connection, "SELECT max(version) FROM " + versions),
                    number(connection, "SELECT count(*) FROM " + versions));
        }
    }

    /** Conditions by different identifiers do not wait for each other, nor for other writes. */
    @Test
    void conditionsByIdentifiersLockThoseIdentifiers(@TempDir Path folder) throws Exception {
        var options = new HashMap<String, Object>(server.options(folder));
        options.put("schema", schema);
        options.put("lock-timeout", Duration.ofMillis(200));
        var opening = new Opening(new PostgresProvider(), _ -> options);
        try (Connection obstacle = role();
                Backend node = opening.open(folder)) {
            Tenant tenant = Tenant.of(node, "identifiers");
            tenant.create(Resources.patient("1"));
            int number = (int) enter(obstacle, "identifiers");
            assertTrue(
                    TypeLocks.slot(schema, number, "Patient", "a")
                            != TypeLocks.slot(schema, number, "Patient", "b"));
            obstacle.setAutoCommit(false);
            // As a commit does that judges by the identifier a.
            number(
                    obstacle,
                    "SELECT length(pg_advisory_xact_lock_shared(%d)::text || pg_advisory_xact_lock(%d)::text)"
                            .formatted(
                                    TypeLocks.key(schema, number, "Patient"),
                                    TypeLocks.slot(schema, number, "Patient", "a")));
            tenant.commit(List.of(free("b")), put("2", "b"));
            tenant.commit(put("3", "c"));
            tenant.update(Resources.patient("1"));
            for (List<Precondition> conditions :
                    List.of(List.<Precondition>of(), List.of(free("a")))) {
                var waited =
                        assertThrows(
                                StorageException.Unavailable.class,
                                () -> tenant.commit(conditions, put("4", "a")));
                assertTrue(waited.getMessage().contains("lock-timeout"), waited.getMessage());
            }
            Precondition broad = new Precondition.NoMatch("Patient", new Criterion.Present("name"));
            assertThrows(
                    StorageException.Unavailable.class,
                    () -> tenant.commit(List.of(broad), put("4", "b")));
            obstacle.rollback();
            tenant.commit(List.of(free("a"), broad), put("4", "a"));
            assertThrows(
                    StorageException.PreconditionFailed.class,
                    () -> tenant.commit(List.of(free("a")), put("5", "a")));
        }
    }

    private static Precondition free(String identifier) {
        return new Precondition.NoMatch(
                "Patient",
                new Criterion.All(
                        List.of(
                                new Criterion.Value(
                                        "identifier",
                                        new ValueTest.Token(
                                                Optional.of("urn:s"), Optional.of(identifier))))));
    }

    private static Mutation put(String id, String identifier) {
        return Resources.put(
                Resources.patient(id),
                1,
                new SearchValue.Token("identifier", "urn:s", identifier, ""));
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
                                                    + " AND query LIKE '%apply_changes%'");
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
