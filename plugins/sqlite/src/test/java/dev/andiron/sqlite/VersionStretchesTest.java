package dev.andiron.sqlite;

import static dev.andiron.sqlite.TestBackend.TENANT;
import static dev.andiron.sqlite.TestBackend.put;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/** Histories and feeds over many stretches, whoever else has versions in them. */
class VersionStretchesTest {
    private static final TenantContext OTHER = TenantContext.of(new TenantId("other"));
    private static final List<TenantContext> TENANTS = List.of(TENANT, OTHER);
    private static final List<String> TYPES = List.of("Patient", "Observation", "Group");

    /** Sorted by position. */
    private final List<Written> written = new ArrayList<>();

    @TempDir Path folder;

    private record Written(TenantContext tenant, ResourceKey key, long position) {}

    private void write(SqliteBackend backend, TenantContext tenant, String type, int count) {
        var mutations = new ArrayList<Mutation>();
        for (int i = 0; i < count; i++) {
            mutations.add(put(type, "r" + (written.size() + i), 1));
        }
        long last =
                backend.resources()
                        .orElseThrow()
                        .commit(tenant, new Commit(List.of(), mutations))
                        .position();
        for (int i = 0; i < count; i++) {
            written.add(new Written(tenant, mutations.get(i).key(), last - count + 1 + i));
        }
    }

    private List<ResourceKey> expected(TenantContext tenant, Optional<String> type) {
        return written.stream()
                .filter(each -> each.tenant().equals(tenant))
                .filter(each -> type.isEmpty() || each.key().type().equals(type.get()))
                .map(Written::key)
                .toList();
    }

    private static List<ResourceKey> history(
            SqliteBackend backend, TenantContext tenant, HistoryScope scope, int limit) {
        var found = new ArrayList<ResourceKey>();
        var before = OptionalLong.empty();
        do {
            var request =
                    new HistoryRequest(scope, Optional.empty(), Optional.empty(), before, limit);
            var page = backend.history().orElseThrow().history(tenant, request);
            page.versions().forEach(version -> found.add(version.key()));
            before = page.next();
        } while (before.isPresent());
        return found.reversed();
    }

    private static List<ResourceKey> feed(SqliteBackend backend, TenantContext tenant, int limit) {
        var found = new ArrayList<ResourceKey>();
        long after = 0;
        List<Change> changes;
        do {
            changes = backend.changes().orElseThrow().changes(tenant, after, limit);
            for (Change change : changes) {
                assertTrue(change.position() > after, "" + change);
                after = change.position();
                found.add(change.key());
            }
        } while (!changes.isEmpty());
        assertEquals(after, backend.changes().orElseThrow().last(tenant));
        return found;
    }

    private void check(SqliteBackend backend) {
        for (TenantContext tenant : TENANTS) {
            for (int limit : new int[] {3, 1_000}) {
                assertEquals(expected(tenant, Optional.empty()), feed(backend, tenant, limit));
                assertEquals(
                        expected(tenant, Optional.empty()),
                        history(backend, tenant, new HistoryScope.System(), limit));
                for (String type : TYPES) {
                    assertEquals(
                            expected(tenant, Optional.of(type)),
                            history(backend, tenant, new HistoryScope.Type(type), limit));
                }
            }
        }
    }

    @Test
    void versionsAreFoundWhoeverElseHasSomeBetweenThem() {
        var random = new Random(20_261_122);
        try (var backend = TestBackend.open(folder)) {
            for (int round = 0; round < 60; round++) {
                // The other tenant and the last type are rare.
                var tenant = random.nextInt(8) == 0 ? OTHER : TENANT;
                String type = TYPES.get(random.nextInt(20) == 0 ? 2 : random.nextInt(2));
                write(backend, tenant, type, 1 + random.nextInt(round % 9 == 0 ? 70 : 4));
            }
            check(backend);
        }
        try (var backend = TestBackend.open(folder)) {
            write(backend, OTHER, "Group", 1);
            check(backend);
        }
    }

    /** The type that comes next gets the number that was taken back. */
    @Test
    void whatWasTakenBackIsNotedAgain() {
        try (var backend = TestBackend.open(folder, Map.of("max-size", 1L << 20))) {
            var store = backend.resources().orElseThrow();
            boolean full = false;
            for (int i = 0; !full; i++) {
                var text = new SearchValue.Text("name", "n".repeat(20_000) + i, "N");
                try {
                    store.commit(TENANT, Commit.of(put("T" + i, "o", 1, text)));
                } catch (StorageException.OutOfSpace _) {
                    full = true;
                }
            }
            store.commit(TENANT, Commit.of(new Mutation.Purge(new ResourceKey("T0", "o"))));
            long position = store.commit(TENANT, Commit.of(put("Patient", "p", 1))).position();
            assertEquals(
                    List.of(new ResourceKey("Patient", "p")),
                    history(backend, TENANT, new HistoryScope.Type("Patient"), 5));
            assertEquals(position, backend.changes().orElseThrow().last(TENANT));
        }
    }
}
