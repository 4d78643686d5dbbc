package dev.andiron.kernel.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class GuardTest {
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    private static final ResourceKey KEY = new ResourceKey("Patient", "1");

    private final ClassLoader loader = new ClassLoader(null) {};
    private final List<String> calls = new ArrayList<>();

    /** A store whose every method does one thing. */
    private record Doing(Runnable what) implements ResourceStore {
        @Override
        public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
            what.run();
            return Optional.empty();
        }

        @Override
        public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
            return new ResourceCursor() {
                @Override
                public Optional<StoredResource> next() {
                    what.run();
                    return Optional.empty();
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            what.run();
            return new CommitResult(1);
        }
    }

    private ResourceStore guarded(Runnable what) {
        return Guard.around(
                ResourceStore.class,
                new Doing(what),
                "main",
                loader,
                (backend, facet, operation, nanoseconds, failure) ->
                        calls.add(backend + " " + facet + "." + operation + " " + failure));
    }

    @Test
    void callsRunUnderThePluginsLoaderAndLeaveOursInPlace() {
        ClassLoader ours = Thread.currentThread().getContextClassLoader();
        var seen = new ArrayList<ClassLoader>();
        ResourceStore store =
                guarded(() -> seen.add(Thread.currentThread().getContextClassLoader()));
        store.read(TENANT, KEY);
        try (ResourceCursor cursor = store.scan(TENANT, ScanRequest.all())) {
            cursor.next();
        }
        assertEquals(List.of(loader, loader), seen);
        assertSame(ours, Thread.currentThread().getContextClassLoader());
    }

    @Test
    void whatTheSpiDoesNotKnowBecomesInternalWithTheBackendsName() {
        for (Throwable stray :
                List.of(
                        new IllegalStateException("x"),
                        new NoClassDefFoundError("y"),
                        new StackOverflowError())) {
            ResourceStore store = guarded(() -> sneak(stray));
            var thrown =
                    assertThrows(StorageException.Internal.class, () -> store.read(TENANT, KEY));
            assertSame(stray, thrown.getCause());
            assertEquals("the backend 'main' failed in ResourceStore.read", thrown.getMessage());
            try (ResourceCursor cursor = store.scan(TENANT, ScanRequest.all())) {
                assertThrows(StorageException.Internal.class, cursor::next);
            }
        }
    }

    @Test
    void whatTheSpiKnowsPassesAndSoDoErrorsThatAreNotThePluginsAlone() {
        var conflict = new StorageException.VersionConflict(KEY, 3);
        assertSame(
                conflict,
                assertThrows(
                        StorageException.class,
                        () -> guarded(() -> sneak(conflict)).read(TENANT, KEY)));
        var memory = new OutOfMemoryError("a test's");
        assertSame(
                memory,
                assertThrows(
                        OutOfMemoryError.class,
                        () -> guarded(() -> sneak(memory)).read(TENANT, KEY)));
    }

    @Test
    void everyCallIsTold() {
        guarded(() -> {}).read(TENANT, KEY);
        assertInstanceOf(
                StorageException.class,
                assertThrows(
                        StorageException.class,
                        () ->
                                guarded(() -> sneak(new StorageException.TooLarge("big")))
                                        .commit(TENANT, null)));
        assertEquals(
                List.of("main ResourceStore.read ", "main ResourceStore.commit TooLarge"), calls);
    }

    @Test
    void guardsAreObjects() {
        ResourceStore store = guarded(() -> {});
        assertEquals(store, store);
        assertNotEquals(store, guarded(() -> {}));
        assertEquals("ResourceStore of backend 'main'", store.toString());
        assertEquals(store.hashCode(), store.hashCode());
    }

    @SuppressWarnings("unchecked") // to throw anything, as compiled code of other languages may
    private static <T extends Throwable> Object sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
