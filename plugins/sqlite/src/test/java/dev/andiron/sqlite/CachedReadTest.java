package dev.andiron.sqlite;

import static dev.andiron.sqlite.TestBackend.TENANT;
import static dev.andiron.sqlite.TestBackend.delete;
import static dev.andiron.sqlite.TestBackend.put;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Reads by id that memory answers, beside all that the writer does. */
class CachedReadTest {
    private static final ResourceKey KEY = new ResourceKey("Patient", "1");
    private static final TenantContext OTHER = TenantContext.of(new TenantId("other"));
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int VERSIONS = 300;
    private static final int READERS = 6;

    @TempDir Path folder;

    private SqliteBackend backend;
    private ResourceStore store;
    private BodyCache bodies;

    @BeforeEach
    void open() {
        open(Map.of("busy-timeout", PATIENCE));
    }

    private void open(Map<String, ?> options) {
        backend = TestBackend.open(folder, options);
        store = backend.resources().orElseThrow();
        bodies = backend.database().bodies();
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private void commit(Mutation mutation) {
        store.commit(TENANT, Commit.of(mutation));
        // A commit is answered a moment before what it has changed may be kept again.
        awaitIdle();
    }

    private void awaitIdle() {
        await(() -> !backend.database().writer().writing());
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "what is waited for does not happen");
            LockSupport.parkNanos(100_000);
        }
    }

    private Optional<Long> read() {
        return store.read(TENANT, KEY).map(StoredResource::version);
    }

    /** Once from the database and once from memory, unless it is not there. */
    private void assertRead(Optional<Long> version) {
        assertEquals(version, read());
        long hits = bodies.hits();
        assertEquals(version, read());
        assertEquals(hits + (version.isPresent() ? 1 : 0), bodies.hits());
    }

    @Test
    void memoryFollowsCreatesUpdatesDeletesAndPurges() {
        assertRead(Optional.empty());
        commit(put("Patient", "1", 1));
        assertRead(Optional.of(1L));
        commit(put("Patient", "1", 2, "{\"resourceType\":\"Patient\",\"active\":true}"));
        assertRead(Optional.of(2L));
        assertEquals(
                "{\"resourceType\":\"Patient\",\"active\":true}",
                store.read(TENANT, KEY).orElseThrow().content().toString());
        commit(delete("Patient", "1", 3));
        assertRead(Optional.of(3L));
        assertTrue(store.read(TENANT, KEY).orElseThrow().deleted());
        commit(put("Patient", "1", 4));
        assertRead(Optional.of(4L));
        commit(new Mutation.Purge(KEY));
        assertRead(Optional.empty());
        commit(put("Patient", "1", 1));
        assertRead(Optional.of(1L));
    }

    @Test
    void newSearchValuesLeaveABodyWhereItIs() {
        commit(put("Patient", "1", 1));
        assertRead(Optional.of(1L));
        long misses = bodies.misses();
        commit(new Mutation.Index(KEY, 1, List.of(new SearchValue.Text("name", "n", "N"))));
        assertEquals(Optional.of(1L), read());
        assertEquals(misses, bodies.misses());
    }

    @Test
    void aRefusedCommitChangesNothing() {
        commit(put("Patient", "1", 1));
        assertRead(Optional.of(1L));
        assertThrows(StorageException.VersionConflict.class, () -> commit(put("Patient", "1", 1)));
        awaitIdle();
        assertRead(Optional.of(1L));
        commit(put("Patient", "1", 2));
        assertRead(Optional.of(2L));
    }

    @Test
    void anotherTenantsResourceOfTheSameIdIsAnother() {
        commit(put("Patient", "1", 1));
        assertRead(Optional.of(1L));
        assertTrue(store.read(OTHER, KEY).isEmpty());
        for (int version = 1; version <= 3; version++) {
            store.commit(OTHER, Commit.of(put("Patient", "1", version)));
            assertEquals(version, store.read(OTHER, KEY).orElseThrow().version());
            assertEquals(Optional.of(1L), read());
        }
        commit(new Mutation.Purge(KEY));
        assertRead(Optional.empty());
        assertEquals(3, store.read(OTHER, KEY).orElseThrow().version());
    }

    /** What it read is replaced before it can keep it. */
    @Test
    void aReaderThatIsOvertakenKeepsNothingOld() {
        commit(put("Patient", "1", 1));
        var steps =
                List.<Mutation>of(
                        put("Patient", "1", 2),
                        delete("Patient", "1", 3),
                        put("Patient", "1", 4),
                        new Mutation.Purge(KEY));
        long version = 1;
        for (Mutation step : steps) {
            StoredResource old =
                    backend.versions()
                            .orElseThrow()
                            .readVersion(TENANT, KEY, version)
                            .orElseThrow();
            var key = new BodyCache.Key(TENANT.tenant().value(), KEY);
            // Forgotten, so that the reader has to ask.
            bodies.change(List.of(key)).close();
            bodies.read(
                    key,
                    () -> {
                        commit(step);
                        return Optional.of(old);
                    });
            version++;
            assertRead(step instanceof Mutation.Purge ? Optional.empty() : Optional.of(version));
        }
    }

    /** Something in the writer's group that looks around while the group is not committed. */
    private static final class Looking extends PendingWrite<Void> {
        private final Runnable look;
        private final boolean fails;
        private final AtomicBoolean looked = new AtomicBoolean();

        Looking(Runnable look, boolean fails) {
            this.look = look;
            this.fails = fails;
        }

        @Override
        long bytes() {
            return 0;
        }

        @Override
        List<BodyCache.Key> changes() {
            return List.of();
        }

        @Override
        Void apply(WriteTransaction transaction) throws SQLException {
            if (looked.compareAndSet(false, true)) {
                look.run();
                if (fails) {
                    throw new SQLException("made to fail");
                }
            }
            return null;
        }
    }

    private Connection lock() throws SQLException {
        var source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("test.db"));
        Connection other = source.getConnection();
        try (var statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
        }
        return other;
    }

    /** Puts version 2 and something that looks into one group, in this order. */
    private void together(Looking looking) throws Exception {
        var writer = backend.database().writer();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<?>>();
            try (Connection _ = lock()) {
                answers.add(threads.submit(() -> commit(put("Patient", "first", 1))));
                await(writer::writing);
                answers.add(threads.submit(() -> commit(put("Patient", "1", 2))));
                await(() -> writer.waiting() == 1);
                answers.add(threads.submit(() -> writer.write(looking)));
                await(() -> writer.waiting() == 2);
            }
            for (Future<?> answer : answers) {
                answer.get();
            }
        }
        awaitIdle();
    }

    @Test
    void whatIsReadBesideAGroupThatIsNotCommittedIsNotKept() throws Exception {
        commit(put("Patient", "1", 1));
        assertRead(Optional.of(1L));
        var seen = new ArrayList<Optional<Long>>();
        long misses = bodies.misses();
        together(
                new Looking(
                        () -> {
                            seen.add(read());
                            seen.add(read());
                        },
                        false));
        assertEquals(List.of(Optional.of(1L), Optional.of(1L)), seen);
        assertEquals(misses + 2, bodies.misses(), "neither was found nor kept");
        assertRead(Optional.of(2L));
    }

    /** The group is taken back, and each of it written alone. */
    @Test
    void whatIsReadBesideAGroupThatIsTakenBackIsNotKept() throws Exception {
        commit(put("Patient", "1", 1));
        assertRead(Optional.of(1L));
        var seen = new ArrayList<Optional<Long>>();
        together(new Looking(() -> seen.add(read()), true));
        assertEquals(List.of(Optional.of(1L)), seen);
        assertRead(Optional.of(2L));
    }

    @Test
    void aCommitThatFailsLeavesWhatIsStored() throws Exception {
        backend.close();
        open(Map.of("busy-timeout", Duration.ofMillis(50)));
        commit(put("Patient", "1", 1));
        assertRead(Optional.of(1L));
        try (Connection _ = lock()) {
            assertThrows(StorageException.Unavailable.class, () -> commit(put("Patient", "1", 2)));
            awaitIdle();
            assertRead(Optional.of(1L));
        }
        commit(put("Patient", "1", 2));
        assertRead(Optional.of(2L));
    }

    /** One writer, many readers: versions only grow, for whoever looks in whatever way. */
    @Test
    void nobodySeesAnOlderVersionThanAnybodySawBefore() throws Exception {
        commit(put("Patient", "1", 1));
        var newest = new AtomicLong(1);
        var done = new AtomicBoolean();
        var tasks = new ArrayList<Callable<Void>>();
        for (int i = 0; i < READERS; i++) {
            boolean byHead = i == 0;
            tasks.add(
                    () -> {
                        while (!done.get()) {
                            long before = newest.get();
                            long version =
                                    byHead
                                            ? store.head(TENANT, KEY).orElseThrow().version()
                                            : read().orElseThrow();
                            assertTrue(
                                    version >= before, () -> version + " was read after " + before);
                            newest.accumulateAndGet(version, Math::max);
                        }
                        return null;
                    });
        }
        tasks.add(
                () -> {
                    try {
                        for (int version = 2; version <= VERSIONS; version++) {
                            store.commit(TENANT, Commit.of(put("Patient", "1", version)));
                            newest.accumulateAndGet(version, Math::max);
                            assertEquals(Optional.of((long) version), read());
                        }
                    } finally {
                        done.set(true);
                    }
                    return null;
                });
        try (var threads = Executors.newFixedThreadPool(tasks.size())) {
            for (Future<Void> task : threads.invokeAll(tasks)) {
                task.get();
            }
        }
        assertRead(Optional.of((long) VERSIONS));
    }

    @Test
    void withoutMemoryEveryReadAsksTheDatabase() {
        backend.close();
        open(Map.of("body-cache-size", 0L));
        commit(put("Patient", "1", 1));
        for (int i = 0; i < 3; i++) {
            assertEquals(Optional.of(1L), read());
        }
        assertEquals(0, bodies.hits());
        assertEquals(0, bodies.bytes());
    }
}
