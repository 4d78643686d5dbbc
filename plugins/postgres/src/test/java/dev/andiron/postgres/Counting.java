package dev.andiron.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.Backend;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writers that count: each writes version after version of two resources, both in one commit, while
 * something happens to the database. Afterwards no acknowledged version may be missing, no commit
 * be there by halves, and the feed must have every version once and in order.
 */
final class Counting {
    private static final int WRITERS = 6;

    private final List<Tenant> nodes;
    private final Map<Integer, Long> acknowledged = new ConcurrentHashMap<>();
    private final AtomicLong commits = new AtomicLong();
    private volatile boolean over;

    private Counting(String tenant, List<Backend> nodes) {
        this.nodes = nodes.stream().map(node -> Tenant.of(node, tenant)).toList();
    }

    /** What is done to the database; told how to wait for writers to come through. */
    @FunctionalInterface
    interface Mishap {
        void happen(Progress progress) throws Exception;
    }

    /** Waits until so many more commits were acknowledged. */
    @FunctionalInterface
    interface Progress {
        void await(int more);
    }

    static void during(String tenant, List<Backend> nodes, Mishap mishap) throws Exception {
        new Counting(tenant, nodes).run(mishap);
    }

    private void run(Mishap mishap) throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var writers = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                writers.add(CompletableFuture.runAsync(() -> count(writer), executor));
            }
            try {
                Progress progress =
                        more -> {
                            long enough = commits.get() + more;
                            while (commits.get() < enough) {
                                for (CompletableFuture<Void> each : writers) {
                                    if (each.isDone()) {
                                        each.join();
                                    }
                                }
                                Thread.onSpinWait();
                            }
                        };
                progress.await(20);
                mishap.happen(progress);
                progress.await(20);
            } finally {
                over = true;
            }
            for (CompletableFuture<Void> writer : writers) {
                writer.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("a writer failed: " + e.getCause(), e.getCause());
        }
        check();
    }

    private static ResourceKey one(int writer) {
        return Resources.patient("counter-" + writer);
    }

    private static ResourceKey other(int writer) {
        return Resources.observation("counter-" + writer);
    }

    private void count(int writer) {
        Tenant tenant = nodes.get(writer % nodes.size());
        long version = 0;
        while (!over) {
            try {
                tenant.commit(
                        Resources.put(one(writer), version + 1),
                        Resources.put(other(writer), version + 1));
                version++;
                acknowledged.put(writer, version);
                commits.incrementAndGet();
            } catch (StorageException.Unavailable e) {
                if (e.outcomeUnknown()) {
                    version = current(tenant, one(writer));
                }
                // Otherwise nothing has happened: the same version is free.
            }
        }
    }

    /** Asks until the database answers. */
    private static long current(Tenant tenant, ResourceKey key) {
        while (true) {
            try {
                return tenant.currentVersion(key);
            } catch (StorageException.Unavailable e) {
                Thread.onSpinWait();
            }
        }
    }

    private void check() {
        Tenant tenant = nodes.getFirst();
        List<Change> feed = tenant.changes(0, 1000);
        long all = 0;
        for (int writer = 0; writer < WRITERS; writer++) {
            long version = current(tenant, one(writer));
            assertTrue(
                    version >= acknowledged.getOrDefault(writer, 0L),
                    "an acknowledged version is missing");
            assertEquals(version, current(tenant, other(writer)), "a commit is there by halves");
            for (ResourceKey key : List.of(one(writer), other(writer))) {
                var versions =
                        feed.stream()
                                .filter(change -> change.key().equals(key))
                                .map(change -> ((Change.Written) change).resource().version())
                                .toList();
                for (int i = 0; i < versions.size(); i++) {
                    assertEquals(i + 1, versions.get(i));
                }
                assertEquals(version, versions.size());
            }
            all += 2 * version;
        }
        assertEquals(all, feed.size());
    }
}
