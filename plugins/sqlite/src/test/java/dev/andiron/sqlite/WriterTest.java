package dev.andiron.sqlite;

import static dev.andiron.sqlite.TestBackend.TENANT;
import static dev.andiron.sqlite.TestBackend.put;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.Health;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** What the writer does with many callers, a locked file and a full disk. */
class WriterTest {
    private static final int CALLERS = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir Path folder;

    private Connection lock() throws SQLException {
        Connection other = connect();
        try (var statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
        }
        return other;
    }

    private Connection connect() throws SQLException {
        var source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("test.db"));
        return source.getConnection();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "what is waited for does not happen");
            LockSupport.parkNanos(100_000);
        }
    }

    private static Future<?> submit(ExecutorService threads, ResourceStore store, Commit commit) {
        return threads.submit(() -> store.commit(TENANT, commit));
    }

    /** So many are looked up together; what is refused, or written twice, is judged one by one. */
    @Test
    void aLargeCommitIsJudgedByTheVersionOfEachOfItsResources() {
        try (var backend = TestBackend.open(folder)) {
            var store = backend.resources().orElseThrow();
            store.commit(TENANT, new Commit(List.of(), puts(CALLERS, 1, 0)));
            store.commit(TENANT, new Commit(List.of(), puts(CALLERS / 2, 2, 0)));
            var mixed = new ArrayList<Mutation>(puts(CALLERS / 2, 3, 0));
            mixed.addAll(puts(CALLERS / 2, 2, CALLERS / 2));
            mixed.addAll(puts(CALLERS, 1, CALLERS));
            for (int wrong = 0; wrong < mixed.size(); wrong += 33) {
                var broken = new ArrayList<>(mixed);
                broken.set(wrong, put("Patient", "p" + wrong, 7));
                var refused =
                        assertThrows(
                                StorageException.VersionConflict.class,
                                () -> store.commit(TENANT, new Commit(List.of(), broken)));
                assertEquals(new ResourceKey("Patient", "p" + wrong), refused.key());
                assertEquals(
                        wrong < CALLERS / 2 ? 2 : wrong < CALLERS ? 1 : 0,
                        refused.currentVersion());
            }
            store.commit(TENANT, new Commit(List.of(), mixed));
            for (int i = 0; i < 2 * CALLERS; i++) {
                var head = store.head(TENANT, new ResourceKey("Patient", "p" + i)).orElseThrow();
                assertEquals(i < CALLERS / 2 ? 3 : i < CALLERS ? 2 : 1, head.version());
            }
        }
    }

    private static List<Mutation> puts(int count, long version, int from) {
        return IntStream.range(from, from + count)
                .<Mutation>mapToObj(i -> put("Patient", "p" + i, version))
                .toList();
    }

    /** While another program holds the file, commits gather; then they go in together. */
    @Test
    void commitsThatWaitShareATransactionAndOneThatIsRefusedHarmsNoOther() throws Exception {
        try (var backend = TestBackend.open(folder, Map.of("busy-timeout", PATIENCE));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var store = backend.resources().orElseThrow();
            var writer = backend.database().writer();
            store.commit(TENANT, Commit.of(put("Patient", "there", 1)));
            // A commit is answered a moment before the writer looks for the next one.
            await(() -> !writer.writing());
            long before = writer.transactions();
            long written = writer.written();
            var answers = new ArrayList<Future<?>>();
            Future<?> first;
            try (Connection _ = lock()) {
                first = submit(threads, store, Commit.of(put("Patient", "first", 1)));
                await(writer::writing);
                for (int i = 0; i < CALLERS; i++) {
                    String id = i == CALLERS / 2 ? "there" : "p" + i;
                    answers.add(submit(threads, store, Commit.of(put("Patient", id, 1))));
                }
                await(() -> writer.waiting() >= CALLERS);
                assertTrue(
                        store.read(TENANT, new ResourceKey("Patient", "there")).isPresent(),
                        "a reader waits for nobody");
            }
            first.get();
            for (int i = 0; i < CALLERS; i++) {
                if (i == CALLERS / 2) {
                    var refused = assertThrows(ExecutionException.class, answers.get(i)::get);
                    assertInstanceOf(StorageException.VersionConflict.class, refused.getCause());
                } else {
                    answers.get(i).get();
                }
            }
            assertEquals(2, writer.transactions() - before);
            assertEquals(CALLERS + 1, writer.written() - written);
            assertEquals(CALLERS + 1, store.count(TENANT, Optional.of("Patient")).orElseThrow());
        }
    }

    /** Who brings little does not wait for all who bring much. */
    @Test
    void commitsOfManyResourcesShareNoTransactionBeyondABound() throws Exception {
        try (var backend = TestBackend.open(folder, Map.of("busy-timeout", PATIENCE));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var store = backend.resources().orElseThrow();
            var writer = backend.database().writer();
            var answers = new ArrayList<Future<?>>();
            try (Connection _ = lock()) {
                answers.add(submit(threads, store, Commit.of(put("Patient", "first", 1))));
                await(writer::writing);
                for (int i = 0; i < 5; i++) {
                    var large = new Commit(List.of(), puts(1_000, 1, i * 1_000));
                    answers.add(submit(threads, store, large));
                }
                await(() -> writer.waiting() == 5);
            }
            for (Future<?> answer : answers) {
                answer.get();
            }
            assertEquals(1 + 3, writer.transactions());
            assertEquals(5_001, store.count(TENANT, Optional.of("Patient")).orElseThrow());
        }
    }

    @Test
    void commitsOfOneGroupSeeEachOther() throws Exception {
        try (var backend = TestBackend.open(folder, Map.of("busy-timeout", PATIENCE));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var store = backend.resources().orElseThrow();
            var writer = backend.database().writer();
            var token = new SearchValue.Token("identifier", "s", "1", "");
            var none =
                    new Precondition.NoMatch(
                            "Patient",
                            new Criterion.Value(
                                    "identifier",
                                    new ValueTest.Token(Optional.of("s"), Optional.of("1"))));
            var answers = new ArrayList<Future<?>>();
            Future<?> blocked;
            try (Connection _ = lock()) {
                blocked = submit(threads, store, Commit.of(put("Patient", "first", 1)));
                await(writer::writing);
                for (int i = 0; i < CALLERS; i++) {
                    answers.add(
                            submit(
                                    threads,
                                    store,
                                    new Commit(
                                            List.of(none),
                                            List.of(put("Patient", "p" + i, 1, token)))));
                }
                await(() -> writer.waiting() >= CALLERS);
            }
            blocked.get();
            int written = 0;
            for (Future<?> answer : answers) {
                try {
                    answer.get();
                    written++;
                } catch (ExecutionException e) {
                    assertInstanceOf(StorageException.PreconditionFailed.class, e.getCause());
                }
            }
            assertEquals(1, written);
        }
    }

    @Test
    void aLockedFileIsUnavailableAndAFullQueueRefusesAtOnce() throws Exception {
        var options = Map.of("busy-timeout", Duration.ofMillis(200), "write-queue", 1L);
        try (var backend = TestBackend.open(folder, options);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var store = backend.resources().orElseThrow();
            var writer = backend.database().writer();
            try (Connection _ = lock()) {
                var first = submit(threads, store, Commit.of(put("Patient", "first", 1)));
                StorageException.Unavailable full = null;
                while (full == null && !first.isDone()) {
                    submit(threads, store, Commit.of(put("Patient", "second", 1)));
                    if (writer.waiting() == 1) {
                        full =
                                assertThrows(
                                        StorageException.Unavailable.class,
                                        () ->
                                                store.commit(
                                                        TENANT,
                                                        Commit.of(put("Patient", "third", 1))));
                    }
                }
                var locked = assertThrows(ExecutionException.class, first::get);
                assertInstanceOf(StorageException.Unavailable.class, locked.getCause());
                assertTrue(full != null && full.retryAfter().isPositive());
            }
            assertTrue(store.read(TENANT, new ResourceKey("Patient", "first")).isEmpty());
            await(() -> writer.waiting() == 0);
            store.commit(TENANT, Commit.of(put("Patient", "fourth", 1)));
            assertInstanceOf(Health.Up.class, backend.health());
        }
    }

    @Test
    void theWriterGoesOnAfterBeingLockedOutAgainAndAgain() throws Exception {
        var options = Map.of("busy-timeout", Duration.ofMillis(50));
        try (var backend = TestBackend.open(folder, options)) {
            var store = backend.resources().orElseThrow();
            for (int round = 1; round <= 3; round++) {
                try (Connection _ = lock()) {
                    var refused = Commit.of(put("Patient", "a", round));
                    assertThrows(
                            StorageException.Unavailable.class,
                            () -> store.commit(TENANT, refused));
                }
                store.commit(TENANT, Commit.of(put("Patient", "a", round)));
            }
            assertInstanceOf(Health.Up.class, backend.health());
        }
    }

    @Test
    void aFullDiskRefusesWritesAndLosesNothing() throws Exception {
        int acknowledged = 0;
        try (var backend = TestBackend.open(folder, Map.of("max-size", 1L << 20))) {
            var store = backend.resources().orElseThrow();
            boolean full = false;
            while (!full) {
                var mutations = new ArrayList<Mutation>();
                for (int i = 0; i < 50; i++) {
                    mutations.add(
                            put(
                                    "Patient",
                                    acknowledged + "-" + i,
                                    1,
                                    new SearchValue.Text("name", "n".repeat(500) + i, "N")));
                }
                try {
                    store.commit(TENANT, new Commit(List.of(), mutations));
                    acknowledged++;
                } catch (StorageException.OutOfSpace _) {
                    full = true;
                }
            }
            assertInstanceOf(Health.Degraded.class, backend.health());
            assertEquals(50L * acknowledged, store.count(TENANT, Optional.empty()).orElseThrow());
        }
        assertTrue(acknowledged > 0);
        try (var backend = TestBackend.open(folder)) {
            var store = backend.resources().orElseThrow();
            assertEquals(50L * acknowledged, store.count(TENANT, Optional.empty()).orElseThrow());
            store.commit(TENANT, Commit.of(put("Patient", "more", 1)));
            assertEquals(
                    "ok",
                    backend.database()
                            .reads()
                            .read(
                                    session ->
                                            session.first(
                                                            row -> row.getString(1),
                                                            "PRAGMA integrity_check")
                                                    .orElseThrow()));
        }
    }

    @Test
    void aReadThatTakesTooLongIsStoppedAndItsConnectionGoesOn() {
        var options = Map.of("statement-timeout", Duration.ofMillis(100), "read-connections", 1L);
        try (var backend = TestBackend.open(folder, options)) {
            var reads = backend.database().reads();
            assertThrows(
                    StorageException.Timeout.class,
                    () ->
                            reads.read(
                                    session ->
                                            session.number(
                                                    "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL"
                                                            + " SELECT x + 1 FROM c)"
                                                            + " SELECT count(*) FROM c")));
            assertEquals(
                    0, backend.resources().orElseThrow().count(TENANT, Optional.empty()).orElse(1));
        }
    }
}
