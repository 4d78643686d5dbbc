package dev.andiron.elasticsearch;

import static dev.andiron.elasticsearch.Followed.absent;
import static dev.andiron.elasticsearch.Followed.present;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.elasticsearch.FaultyProxy.Fault;
import dev.andiron.spi.Health;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchValue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** What a follower makes of a network and a cluster in trouble. */
class FaultTest {
    private static final long SEED = 815;

    @TempDir Path folder;
    private FaultyProxy proxy;
    private Followed followed;

    @BeforeEach
    void open() {
        proxy = new FaultyProxy(ElasticsearchServer.server().url());
        followed = Followed.open(proxy.url(), folder, Map.of("attempts", 3L));
    }

    @AfterEach
    void close() {
        followed.close();
        proxy.close();
    }

    /** As the kernel does: from the position that the follower tells, until all is applied. */
    private static void follow(Followed followed, List<Projection> all, int most) {
        int failures = 0;
        while (true) {
            try {
                int from = (int) followed.applied();
                if (from == all.size()) {
                    return;
                }
                int end = Math.min(all.size(), from + 50);
                followed.apply(end, all.subList(from, end).toArray(Projection[]::new));
            } catch (StorageException.Unavailable | StorageException.Timeout again) {
                failures++;
                assertTrue(failures < most, "it fails too often");
            }
        }
    }

    private static List<Projection> changes(Random random, int count) {
        var changes = new ArrayList<Projection>();
        for (int position = 1; position <= count; position++) {
            String id = "p" + position % 70;
            changes.add(
                    random.nextInt(5) == 0
                            ? absent(position, id)
                            : present(position, id, "c" + random.nextInt(3)));
        }
        return changes;
    }

    private static Map<String, Long> states(List<Projection> changes) {
        var states = new TreeMap<String, Long>();
        for (Projection change : changes) {
            if (change instanceof Projection.Present) {
                states.put(change.key().id(), change.position());
            } else {
                states.remove(change.key().id());
            }
        }
        return states;
    }

    @Test
    void halfAppliedBulksAreAppliedWholeInTheEnd() {
        for (Fault fault : List.of(Fault.BROKEN_HALFWAY, Fault.BROKEN_AFTER, Fault.BROKEN_BEFORE)) {
            Followed tenant = followed.of("t-" + fault);
            List<Projection> changes = changes(new Random(SEED), 120);
            proxy.inject(bulk -> bulk.number() % 2 == 1 ? fault : Fault.NONE);
            follow(tenant, changes, 20);
            assertEquals(states(changes), tenant.entries(100), fault + ", seed " + SEED);
        }
    }

    @Test
    void thePositionStaysWhereABulkWasBroken() {
        followed.apply(1, present(1, "a", "x"));
        proxy.inject(bulk -> Fault.BROKEN_HALFWAY);
        assertThrows(
                StorageException.Unavailable.class,
                () -> followed.apply(3, present(2, "b", "x"), present(3, "c", "x")));
        proxy.inject(bulk -> Fault.NONE);
        assertEquals(1, followed.applied());
    }

    @Test
    void randomFaultsLeaveNothingOut() {
        for (int round = 0; round < 2; round++) {
            var random = new Random(SEED + round);
            Followed tenant = followed.of("random-" + round);
            List<Projection> changes = changes(random, 300);
            List<Fault> passing =
                    Arrays.stream(Fault.values()).filter(each -> each != Fault.TOO_LARGE).toList();
            proxy.inject(
                    bulk ->
                            random.nextInt(2) == 0
                                    ? Fault.NONE
                                    : passing.get(random.nextInt(passing.size())));
            follow(tenant, changes, 200);
            assertEquals(states(changes), tenant.entries(30), "seed " + (SEED + round));
        }
    }

    @Test
    void documentsThatAreRefusedForTheMomentAreTriedAgainAlone() {
        followed.applied();
        proxy.inject(bulk -> bulk.number() == 1 ? Fault.HALF_REFUSED : Fault.NONE);
        var all = new ArrayList<Projection>();
        for (int i = 1; i <= 9; i++) {
            all.add(present(i, "p" + i, "x"));
        }
        followed.apply(9, all.toArray(Projection[]::new));
        List<Integer> sizes = proxy.sizes();
        assertEquals(2, sizes.size());
        assertTrue(sizes.get(1) < sizes.get(0) * 2 / 3, () -> "sizes " + sizes);
        assertEquals(9, followed.found("x").size());
        assertEquals(9, followed.applied());
    }

    @Test
    void aBusyClusterIsAskedAFewTimesWithLessAndThenLeftAlone() {
        followed.applied();
        proxy.inject(bulk -> Fault.TOO_MANY_REQUESTS);
        assertThrows(
                StorageException.Unavailable.class, () -> followed.apply(1, present(1, "a", "x")));
        assertEquals(3, proxy.sizes().size());
        proxy.inject(bulk -> bulk.number() < 3 ? Fault.UNAVAILABLE : Fault.NONE);
        followed.apply(1, present(1, "a", "x"));
        assertEquals(1, followed.applied());
    }

    @Test
    void bulksBecomeSmallerUntilTheyAreTaken() {
        followed.applied();
        int taken = 150 << 10;
        proxy.inject(bulk -> bulk.bytes() > taken ? Fault.TOO_LARGE : Fault.NONE);
        var all = new ArrayList<Projection>();
        for (int i = 1; i <= 60; i++) {
            all.add(large(i, 10_000));
        }
        followed.apply(60, all.toArray(Projection[]::new));
        assertEquals(60, followed.entries(100).size());
        List<Integer> sizes = proxy.sizes();
        assertTrue(sizes.getFirst() > taken, () -> "sizes " + sizes);
        assertTrue(
                Collections.max(sizes.subList(4, sizes.size())) <= taken, () -> "sizes " + sizes);
        proxy.inject(bulk -> Fault.TOO_LARGE);
        var refused =
                assertThrows(
                        StorageException.TooLarge.class,
                        () -> followed.apply(61, large(61, 9_000)));
        assertTrue(refused.getMessage().contains("Patient/p61"), refused.getMessage());
    }

    /** With a text that does not repeat itself, so that it is as long in the index as here. */
    private static Projection large(long position, int length) {
        var text = new StringBuilder();
        var random = new Random(position);
        while (text.length() < length) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return new Projection.Present(
                position,
                new StoredResource(
                        Followed.key("p" + position),
                        1,
                        Instant.EPOCH,
                        FhirVersion.R4,
                        false,
                        Json.of("{}")),
                List.of(new SearchValue.Text("name", text.toString(), "any")));
    }

    @Test
    void bulksHaveABound() {
        try (var small =
                Followed.open(proxy.url(), folder.resolve("s"), Map.of("bulk-bytes", 128L << 10))) {
            small.applied();
            proxy.inject(bulk -> Fault.NONE);
            var all = new ArrayList<Projection>();
            for (int i = 1; i <= 60; i++) {
                all.add(large(i, 10_000));
            }
            small.apply(60, all.toArray(Projection[]::new));
            assertTrue(Collections.max(proxy.sizes()) <= 128 << 10, () -> "sizes " + proxy.sizes());
            assertEquals(60, small.entries(100).size());
        }
    }

    /** Nothing is asked when it opens; later it says that it is down, and then up by itself. */
    @Test
    void elasticsearchMayBeDownWhenTheServerStarts() throws Exception {
        try (var nowhere =
                Followed.open(
                        URI.create("http://127.0.0.1:" + ElasticsearchServer.freePort()), folder)) {
            assertEquals(new Health.Up(), nowhere.backend().health());
            assertThrows(StorageException.Unavailable.class, nowhere::applied);
            assertThrows(StorageException.Unavailable.class, () -> nowhere.search("x"));
            assertEquals(
                    new Health.Down("Elasticsearch cannot be reached"), nowhere.backend().health());
        }
    }

    /**
     * Killed in the middle, started again: it may have lost what it was told last, and its position
     * with it. Everything up to the position that is left is there.
     */
    @Test
    void elasticsearchMayBeKilledAndStartedAgain() throws Exception {
        var server = ElasticsearchServer.server();
        List<Projection> changes = changes(new Random(SEED), 300);
        for (int from = 0; from < 100; from += 10) {
            followed.apply(from + 10, changes.subList(from, from + 10).toArray(Projection[]::new));
        }
        makeDurable(server.url());
        proxy.inject(
                bulk -> {
                    if (bulk.number() == 2) {
                        server.kill();
                    }
                    return Fault.NONE;
                });
        followed.apply(150, changes.subList(100, 150).toArray(Projection[]::new));
        assertThrows(
                StorageException.Unavailable.class,
                () -> followed.apply(200, changes.subList(150, 200).toArray(Projection[]::new)));
        assertThrows(StorageException.Unavailable.class, () -> followed.search("c1"));
        assertTrue(followed.backend().health() instanceof Health.Down);
        server.start();
        // One that knows nothing of what was there before the crash searches at once.
        try (var other = Followed.open(proxy.url(), folder)) {
            int left = (int) other.applied();
            assertTrue(left >= 100 && left <= 200, "it is at " + left);
            assertNothingIsMissing(changes.subList(0, left), other.entries(100));
        }
        follow(followed, changes, 20);
        assertEquals(states(changes), followed.entries(100));
        assertEquals(new Health.Up(), followed.backend().health());
    }

    private static void makeDurable(URI url) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var flush = HttpRequest.newBuilder(url.resolve("/t*/_flush"));
            assertEquals(
                    200,
                    client.send(
                                    flush.POST(BodyPublishers.noBody()).build(),
                                    BodyHandlers.discarding())
                            .statusCode());
        }
    }

    /** Later states may be there, too. */
    private static void assertNothingIsMissing(
            List<Projection> applied, Map<String, Long> entries) {
        Map<String, Long> expected = states(applied);
        for (Projection change : applied) {
            String id = change.key().id();
            long position = expected.getOrDefault(id, 0L);
            long found = entries.getOrDefault(id, 0L);
            assertTrue(
                    found == position || found > applied.size() || found == 0 && position == 0,
                    () -> id + " is at " + found + ", not at " + position);
        }
    }
}
