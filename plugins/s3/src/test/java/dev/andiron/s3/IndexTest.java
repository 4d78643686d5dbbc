package dev.andiron.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.tck.fixture.Model;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;

/**
 * A log that is far longer than what a node holds in memory, its index cut small, so that there are
 * many runs, merged over several levels: all that a store says has to be what a model says.
 */
class IndexTest {
    private static final IndexShape SMALL = new IndexShape(3, 40, 3, 3, 8);
    private static final int COMMITS = 90;
    private static final int KEYS = 40;
    private static final long SEED = 20261121;

    private final String prefix = UUID.randomUUID() + "/";
    private final Model model = new Model();
    private final Map<ResourceKey, Long> versions = new HashMap<>();

    private Node node(long indexSize) {
        return Node.open(
                S3Mock.server().url(),
                prefix,
                Map.of("index-size", indexSize, "cache-size", 0L),
                SMALL);
    }

    private static ResourceKey key(Random random) {
        int number = random.nextInt(KEYS);
        return number % 3 == 0
                ? Resources.patient("k" + number)
                : Resources.observation("k" + number);
    }

    private Commit commit(Random random) {
        Map<ResourceKey, Mutation> mutations = new HashMap<>();
        for (int left = 1 + random.nextInt(5); left > 0; left--) {
            ResourceKey key = key(random);
            long version = versions.getOrDefault(key, 0L);
            int kind = random.nextInt(40);
            if (mutations.containsKey(key)) {
                continue;
            }
            if (kind == 0) {
                mutations.put(key, new Mutation.Purge(key));
                versions.put(key, 0L);
            } else {
                mutations.put(
                        key,
                        kind < 6 && version > 0
                                ? Resources.delete(key, version + 1)
                                : Resources.put(key, version + 1));
                versions.put(key, version + 1);
            }
        }
        return new Commit(List.of(), List.copyOf(mutations.values()));
    }

    private static int segments(Node node, Tenant tenant) {
        return node.backend().log(tenant.context()).known().segments().size();
    }

    private static int inMemory(Node node, Tenant tenant) {
        return node.backend().log(tenant.context()).known().tables().stream()
                .mapToInt(table -> table.byPosition().size())
                .sum();
    }

    @Test
    void aLongLogIsServedFromLittleMemory() {
        var random = new Random(SEED);
        // Room for a few pages: many looks go to the object store.
        try (Node writer = node(60_000);
                Node follower = node(60_000)) {
            Tenant tenant = writer.tenant("default");
            for (int i = 0; i < COMMITS; i++) {
                Commit commit = commit(random);
                tenant.store().commit(tenant.context(), commit);
                model.commit(commit);
                if (i == COMMITS / 2) {
                    assertContents(follower.tenant("default"));
                }
            }
            assertSame(tenant);
            assertBounded(writer, tenant);
            assertContents(follower.tenant("default"));
            assertBounded(follower, follower.tenant("default"));
        }
        try (Node starting = node(60_000)) {
            Tenant tenant = starting.tenant("default");
            assertContents(tenant);
            assertBounded(starting, tenant);
        }
    }

    /** What is complete is written when four stretches wait; a stretch ends with its entry. */
    private static void assertBounded(Node node, Tenant tenant) {
        int most = 5 * (SMALL.records() + 5);
        assertTrue(segments(node, tenant) > 10, "there is no index");
        assertTrue(
                inMemory(node, tenant) <= most,
                () -> inMemory(node, tenant) + " changes are in memory");
    }

    private void assertContents(Tenant tenant) {
        List<Change> expected = model.changes();
        assertEquals(contents(expected), contents(tenant.changes(0, expected.size() + 10)));
        assertEquals(model.live(), Walk.scan(tenant, ScanRequest.all()));
    }

    private void assertSame(Tenant tenant) {
        assertContents(tenant);
        List<Change> expected = model.changes();
        for (ResourceKey key : versions.keySet()) {
            long version = versions.get(key);
            assertEquals(version, tenant.currentVersion(key), key::toString);
            if (version > 0) {
                assertEquals(
                        version,
                        tenant.versions().versions(tenant.context(), key, 0, 1_000).size());
            }
        }
        assertEquals(
                written(expected, Optional.empty()), history(tenant, new HistoryScope.System()));
        assertEquals(
                written(expected, Optional.of("Patient")),
                history(tenant, new HistoryScope.Type("Patient")));
    }

    private static List<Record> contents(List<Change> changes) {
        return changes.stream()
                .<Record>map(
                        change ->
                                switch (change) {
                                    case Change.Written written -> written.resource();
                                    case Change.Purged purged -> purged.key();
                                })
                .toList();
    }

    private static List<StoredResource> written(List<Change> changes, Optional<String> type) {
        return changes.reversed().stream()
                .filter(change -> change instanceof Change.Written)
                .map(change -> ((Change.Written) change).resource())
                .filter(found -> type.stream().allMatch(found.key().type()::equals))
                .toList();
    }

    private static List<StoredResource> history(Tenant tenant, HistoryScope scope) {
        var all = new ArrayList<StoredResource>();
        OptionalLong before = OptionalLong.empty();
        do {
            var page =
                    tenant.histories()
                            .history(
                                    tenant.context(),
                                    new HistoryRequest(
                                            scope,
                                            Optional.<Instant>empty(),
                                            Optional.empty(),
                                            before,
                                            37));
            all.addAll(page.versions());
            before = page.next();
        } while (before.isPresent());
        return all;
    }
}
