package dev.andiron.sqlite;

import static dev.andiron.sqlite.TestBackend.TENANT;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.lent.ScanSearch;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.SearchValue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * Random searches over random resources: the engine in the database finds what the server finds by
 * looking at each resource, in the same order, in pages of any size.
 */
class DifferentialTest {
    private static final String SEED = "andiron.differential.seed";
    private static final int SEARCHES = 1_000;
    private static final int RESOURCES = 40;
    private static final int CHANGES = 60;

    @TempDir Path folder;

    private final long seed = Long.getLong(SEED, System.nanoTime());
    private final Random random = new Random(seed);
    private final RandomSearches searches = new RandomSearches(random);
    private final Map<ResourceKey, Mutation.Put> current = new TreeMap<>();

    @Test
    void theDatabaseFindsWhatTheServerFindsByLookingAtEachResource() {
        System.out.println("differential searches with -D" + SEED + "=" + seed);
        try (var backend = TestBackend.open(folder)) {
            write(backend);
            SearchEngine database = backend.search().orElseThrow();
            SearchEngine scan =
                    new ScanSearch(
                            backend.resources().orElseThrow(),
                            (tenant, resource, _) -> current.get(resource.key()).searchValues());
            long found = 0;
            for (int i = 0; i < SEARCHES; i++) {
                found += compare(database, scan);
            }
            assertTrue(found > SEARCHES, "the searches find something: " + found);
        }
    }

    /** Each created in the order of keys, so that the default orders are the same; then changed. */
    private void write(SqliteBackend backend) {
        var store = backend.resources().orElseThrow();
        for (String type : RandomSearches.TYPES) {
            var ids = new ArrayList<String>();
            for (int i = 0; i < RESOURCES; i++) {
                ids.add(RandomSearches.id(type, i));
            }
            ids.sort(null);
            var puts = new ArrayList<Mutation>();
            ids.forEach(id -> puts.add(put(new ResourceKey(type, id), 1)));
            store.commit(TENANT, new Commit(List.of(), puts));
        }
        var keys = List.copyOf(current.keySet());
        for (int i = 0; i < CHANGES; i++) {
            ResourceKey key = keys.get(random.nextInt(keys.size()));
            long next = store.head(TENANT, key).orElseThrow().version() + 1;
            if (random.nextInt(4) == 0) {
                current.remove(key);
                store.commit(TENANT, Commit.of(TestBackend.delete(key.type(), key.id(), next)));
            } else {
                store.commit(TENANT, Commit.of(put(key, next)));
            }
        }
    }

    private Mutation.Put put(ResourceKey key, long version) {
        Instant at = searches.instant();
        List<SearchValue> values = searches.values();
        var put =
                new Mutation.Put(
                        new StoredResource(key, version, at, FhirVersion.R4, false, Json.of("{}")),
                        values);
        current.put(key, put);
        return put;
    }

    private long compare(SearchEngine database, SearchEngine scan) {
        var types = searches.types();
        var criterion = searches.criterion(3);
        var sort = searches.sort();
        List<ResourceKey> expected =
                walk(
                        scan,
                        new Query(
                                types, criterion, sort, 1_000, Optional.empty(), Query.Total.NONE));
        for (int limit : new int[] {1_000, 1 + random.nextInt(20)}) {
            var query =
                    new Query(types, criterion, sort, limit, Optional.empty(), Query.Total.NONE);
            assertEquals(
                    expected,
                    walk(database, query),
                    () -> "pages of %d, -D%s=%d: %s".formatted(limit, SEED, seed, query));
            assertEquals(expected.size(), database.count(TENANT, query), query::toString);
        }
        return expected.size();
    }

    private static List<ResourceKey> walk(SearchEngine engine, Query query) {
        var keys = new ArrayList<ResourceKey>();
        Optional<Cursor> after = Optional.empty();
        do {
            SearchPage page =
                    engine.search(
                            TENANT,
                            new Query(
                                    query.types(),
                                    query.criterion(),
                                    query.sort(),
                                    query.limit(),
                                    after,
                                    query.total()));
            page.hits().forEach(hit -> keys.add(hit.key()));
            after = page.next();
        } while (after.isPresent());
        return keys;
    }
}
