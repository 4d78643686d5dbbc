package dev.andiron.sqlite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** What is kept of what readers read, in every order of a reader's and a writer's steps. */
class BodyCacheTest {
    private static final BodyCache.Key KEY = key("default", "1");
    private static final BodyCache.Key NEIGHBOUR = key("other", "1");

    private final BodyCache cache = new BodyCache(1 << 20);

    /** Stands for the database. */
    private StoredResource stored = version(1);

    private int asked;

    private static BodyCache.Key key(String tenant, String id) {
        return new BodyCache.Key(tenant, new ResourceKey("Patient", id));
    }

    private static StoredResource version(long version) {
        return TestBackend.put("Patient", "1", version).resource();
    }

    private static StoredResource of(String id, int length) {
        return TestBackend.put("Patient", id, 1, "x".repeat(length)).resource();
    }

    private long read(BodyCache.Key key) {
        return cache.read(
                        key,
                        () -> {
                            asked++;
                            return Optional.of(stored);
                        })
                .orElseThrow()
                .version();
    }

    private void assertServed(long version, boolean fromMemory) {
        int before = asked;
        assertEquals(version, read(KEY));
        assertEquals(fromMemory ? 0 : 1, asked - before, "times the database was asked");
    }

    @Test
    void whatWasReadIsServedAgainUntilItChanges() {
        assertServed(1, false);
        assertServed(1, true);
        try (var _ = cache.change(List.of(KEY))) {
            stored = version(2);
        }
        assertServed(2, false);
        assertServed(2, true);
        assertEquals(2, cache.hits());
        assertEquals(2, cache.misses());
    }

    @Test
    void nothingIsFoundOrKeptWhileItChanges() {
        assertServed(1, false);
        try (var _ = cache.change(List.of(KEY))) {
            assertServed(1, false);
            assertServed(1, false);
            stored = version(2);
            assertServed(2, false);
        }
        assertServed(2, false);
        assertServed(2, true);
    }

    /** The reader has read and not yet kept it: then all of the change happens. */
    @Test
    void aReaderThatBeganBeforeAChangeKeepsNothingAfterIt() {
        long seen =
                cache.read(
                                KEY,
                                () -> {
                                    Optional<StoredResource> old = Optional.of(stored);
                                    try (var _ = cache.change(List.of(KEY))) {
                                        stored = version(2);
                                    }
                                    return old;
                                })
                        .orElseThrow()
                        .version();
        assertEquals(1, seen);
        assertServed(2, false);
    }

    @Test
    void aReaderThatBeganBeforeAChangeKeepsNothingDuringIt() {
        var changes = new ArrayList<BodyCache.Change>();
        cache.read(
                KEY,
                () -> {
                    Optional<StoredResource> old = Optional.of(stored);
                    changes.add(cache.change(List.of(KEY)));
                    return old;
                });
        assertServed(1, false);
        stored = version(2);
        changes.getFirst().close();
        assertServed(2, false);
    }

    @Test
    void aReaderThatBeganDuringAChangeKeepsNothingAfterIt() {
        BodyCache.Change change = cache.change(List.of(KEY));
        cache.read(
                KEY,
                () -> {
                    Optional<StoredResource> old = Optional.of(stored);
                    stored = version(2);
                    change.close();
                    return old;
                });
        assertServed(2, false);
        assertServed(2, true);
    }

    /** The same with threads: the reader is held between what it reads and what it keeps. */
    @Test
    void aReaderThatIsHeldUpKeepsNothingOld() throws Exception {
        var hasRead = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            StoredResource old = stored;
            var reader =
                    threads.submit(
                            () ->
                                    cache.read(
                                            KEY,
                                            () -> {
                                                hasRead.countDown();
                                                await(goOn);
                                                return Optional.of(old);
                                            }));
            hasRead.await();
            try (var _ = cache.change(List.of(KEY))) {
                stored = version(2);
            }
            assertServed(2, false);
            goOn.countDown();
            assertEquals(1, reader.get().orElseThrow().version());
        }
        assertServed(2, true);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void tenantsHaveNothingToDoWithOneAnother() {
        stored = version(1);
        assertEquals(1, read(NEIGHBOUR));
        stored = version(7);
        assertEquals(7, read(KEY));
        assertEquals(1, read(NEIGHBOUR));
        try (var _ = cache.change(List.of(KEY))) {
            assertEquals(1, read(NEIGHBOUR));
        }
        assertEquals(2, asked);
    }

    @Test
    void aKeyMayBeChangedTwiceAtOnce() {
        try (var _ = cache.change(List.of(KEY, KEY))) {
            assertServed(1, false);
        }
        assertServed(1, false);
        assertServed(1, true);
    }

    @Test
    void itsMemoryIsBounded() {
        var small = new BodyCache(64 * 4_000);
        for (int i = 0; i < 10_000; i++) {
            String id = "p" + i;
            small.read(key("default", id), () -> Optional.of(of(id, 500)));
            assertTrue(small.bytes() <= 64 * 4_000);
        }
        assertTrue(small.bytes() > 64 * 2_000, "most of it is used");
        long misses = small.misses();
        small.read(key("default", "p9999"), () -> Optional.of(of("p9999", 500)));
        assertEquals(misses, small.misses(), "what was read last is kept");
    }

    @Test
    void aSmallHeapMakesItSmaller() {
        var small = BodyCache.within(1 << 30, 64 * 8_000);
        for (int i = 0; i < 1_000; i++) {
            String id = "p" + i;
            small.read(key("default", id), () -> Optional.of(of(id, 500)));
        }
        assertTrue(small.bytes() <= 64 * 1_000);
        assertTrue(small.bytes() > 0);
    }

    @Test
    void whatIsTooLargeIsNotKept() {
        for (int i = 0; i < 2; i++) {
            cache.read(KEY, () -> Optional.of(of("1", 1 << 14)));
        }
        assertEquals(2, cache.misses());
        assertEquals(0, cache.bytes());
    }

    @Test
    void whatIsNotThereIsAskedForAgain() {
        for (int i = 0; i < 2; i++) {
            assertTrue(cache.read(KEY, Optional::empty).isEmpty());
        }
        assertEquals(2, cache.misses());
    }

    @Test
    void withoutMemoryNothingIsKept() {
        var off = new BodyCache(0);
        for (int i = 0; i < 2; i++) {
            off.read(
                    KEY,
                    () -> {
                        asked++;
                        return Optional.of(stored);
                    });
        }
        assertEquals(2, asked);
        try (var _ = off.change(List.of(KEY))) {
            assertEquals(0, off.bytes());
        }
    }
}
