package dev.andiron.elasticsearch;

import static dev.andiron.elasticsearch.Followed.absent;
import static dev.andiron.elasticsearch.Followed.key;
import static dev.andiron.elasticsearch.Followed.present;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.composite.Projection;
import dev.andiron.tck.fixture.MovableClock;
import dev.andiron.tck.fixture.Opening;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What a follower does with what it is told. */
class FollowerTest {
    private static final URI URL = ElasticsearchServer.server().url();
    private static final long SEED = 20_261_121;

    @TempDir Path folder;
    private Followed followed;

    @BeforeEach
    void open() {
        followed = Followed.open(URL, folder);
    }

    @AfterEach
    void close() {
        followed.close();
    }

    @Test
    void movesOnlyAfterWhatIsAppliedAndNeverBack() {
        assertEquals(0, followed.applied());
        followed.apply(7, present(3, "a", "x"), present(7, "b", "x"));
        assertEquals(7, followed.applied());
        followed.apply(5);
        followed.apply(0, present(2, "c", "x"));
        assertEquals(7, followed.applied());
        assertEquals(List.of("a", "b", "c"), followed.found("x"));
        try (var again = Followed.open(URL, folder)) {
            assertEquals(7, again.applied());
            assertEquals(List.of("a", "b", "c"), again.found("x"));
        }
    }

    @Test
    void showsWhatWasAppliedAfterARefresh() {
        followed.applied();
        followed.follower().refresh(followed.tenant());
        followed.apply(1, present(1, "a", "x"));
        assertEquals(List.of("a"), followed.found("x"));
        followed.apply(2, absent(2, "a"));
        assertEquals(List.of(), followed.found("x"));
    }

    @Test
    void whatIsOlderReplacesNothing() {
        followed.apply(9, present(9, "a", "new"), absent(8, "b"));
        followed.apply(9, present(4, "a", "old"), present(5, "b", "old"));
        followed.apply(9, absent(3, "a"));
        assertEquals(List.of("a"), followed.found("new"));
        assertEquals(List.of(), followed.found("old"));
        followed.apply(9, present(9, "a", "again"));
        assertEquals(List.of("a"), followed.found("again"), "the same position, other values");
    }

    /** Repeated, reordered and overlapping deliveries come to the last state of each resource. */
    @Test
    void deliveriesMayComeInAnyOrderAndTwice() {
        for (int round = 0; round < 3; round++) {
            var random = new Random(SEED + round);
            Followed tenant = followed.of("t" + round);
            var all = new ArrayList<Projection>();
            var last = new HashMap<String, Projection>();
            for (int position = 1; position <= 300; position++) {
                String id = "p" + random.nextInt(40);
                Projection projection =
                        random.nextInt(4) == 0
                                ? absent(position, id)
                                : present(position, id, "c" + random.nextInt(3));
                all.add(projection);
                last.put(id, projection);
            }
            var deliveries = new ArrayList<>(all);
            for (int i = 0; i < 200; i++) {
                deliveries.add(all.get(random.nextInt(all.size())));
            }
            Collections.shuffle(deliveries, random);
            for (int from = 0; from < deliveries.size(); ) {
                int end = Math.min(deliveries.size(), from + 1 + random.nextInt(50));
                tenant.follower()
                        .apply(tenant.tenant(), oneForEachKey(deliveries.subList(from, end)), end);
                from = end;
            }
            var expected = new TreeMap<String, Long>();
            last.forEach(
                    (id, projection) -> {
                        if (projection instanceof Projection.Present) {
                            expected.put(id, projection.position());
                        }
                    });
            assertEquals(expected, tenant.entries(7), "seed " + (SEED + round));
        }
    }

    /** As the kernel gives them: at most one for a key, by position. */
    private static List<Projection> oneForEachKey(List<Projection> projections) {
        var last = new HashMap<Object, Projection>();
        projections.forEach(
                each ->
                        last.merge(
                                each.key(), each, (a, b) -> a.position() > b.position() ? a : b));
        return last.values().stream()
                .sorted((a, b) -> Long.compare(a.position(), b.position()))
                .toList();
    }

    @Test
    void severalNodesApplyTheSameAtOnce() throws Exception {
        followed.applied();
        try (var other = Followed.open(URL, folder);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            other.applied();
            var done = new ArrayList<Future<?>>();
            for (Followed node : List.of(followed, other, followed, other)) {
                done.add(
                        threads.submit(
                                () -> {
                                    for (int i = 1; i <= 20; i++) {
                                        node.apply(i, present(i, "p" + i, "x"));
                                    }
                                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
            assertEquals(20, followed.applied());
            assertEquals(20, other.applied());
            assertEquals(20, other.found("x").size());
        }
    }

    @Test
    void tellsWhatDiffers() {
        var good = present(1, "good", "x");
        var changed = present(2, "changed", "x");
        var missing = present(3, "missing", "x");
        followed.apply(2, good, present(2, "changed", "y"));
        assertEquals(
                Set.of(key("changed"), key("missing")),
                followed.follower().differing(followed.tenant(), List.of(good, changed, missing)));
    }

    @Test
    void whatIsForgottenMayComeAgainFromAnEarlierPosition() {
        followed.apply(100, present(100, "a", "late"), absent(100, "b"), present(50, "c", "late"));
        followed.follower().forget(followed.tenant(), List.of(key("a"), key("b"), key("nobody")));
        assertEquals(Map.of("c", 50L), followed.entries(10));
        followed.apply(0, present(3, "a", "early"), present(4, "b", "early"));
        assertEquals(List.of("a", "b"), followed.found("early"));
    }

    @Test
    void aResetTenantStartsFromTheBeginningAndOthersDoNot() {
        Followed neighbour = followed.of("neighbour");
        neighbour.apply(5, present(5, "n", "x"));
        followed.apply(9, present(9, "a", "x"), present(8, "b", "x"));
        followed.follower().reset(followed.tenant());
        assertEquals(0, followed.applied());
        assertEquals(List.of(), followed.found("x"));
        followed.apply(2, present(2, "a", "y"));
        assertEquals(List.of("a"), followed.found("y"));
        assertEquals(List.of("n"), neighbour.found("x"));
        assertEquals(5, neighbour.applied());
        followed.follower().reset(followed.of("nobody").tenant());
    }

    /** The marks of what was deleted go when nothing from before can be on its way any more. */
    @Test
    void marksOfWhatWasDeletedAreRemovedWhenTheyAreOld() throws Exception {
        var clock = new MovableClock();
        var opening =
                new Opening(
                        new ElasticsearchProvider(),
                        any -> ElasticsearchServer.options(URL, folder));
        try (var tenant = new Followed(opening.open(folder, clock), followed.tenant())) {
            tenant.apply(2, present(1, "lives", "x"), absent(2, "old"));
            clock.advance(Duration.ofHours(23));
            tenant.apply(3, absent(3, "young"));
            assertEquals(2, marks());
            clock.advance(Duration.ofHours(2));
            tenant.apply(4, present(4, "later", "x"));
            while (marks() > 1) {
                Thread.sleep(20);
            }
            tenant.apply(4, present(2, "young", "x"));
            assertEquals(List.of("later", "lives"), tenant.found("x"), "a mark still counts");
            tenant.apply(5, present(5, "old", "x"));
            assertEquals(List.of("later", "lives", "old"), tenant.found("x"));
        }
    }

    private long marks() throws IOException, InterruptedException {
        String prefix = ElasticsearchServer.prefix(folder);
        try (var client = HttpClient.newHttpClient()) {
            ask(client, "/" + prefix + "-*/_refresh");
            String counted = ask(client, "/" + prefix + "-*/_count?q=kind:gone");
            return Long.parseLong(counted.replaceFirst(".*\"count\":(\\d+).*", "$1"));
        }
    }

    private static String ask(HttpClient client, String path)
            throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URL.resolve(path)).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void aSecondCopyTakesThePlaceOfTheFirst() {
        rebuild(followed);
    }

    @Test
    void aTenantWithAnIndexOfItsOwnIsRebuiltInAnother() {
        try (var own = Followed.open(URL, folder.resolve("own"), Map.of("index-per", tenants()))) {
            rebuild(own);
            own.follower().reset(own.tenant());
            assertEquals(0, own.applied());
            assertEquals(List.of(), own.found("x"));
        }
    }

    private static Object tenants() {
        return ElasticsearchOptions.IndexPer.TENANT;
    }

    private static void rebuild(Followed tenant) {
        var follower = tenant.follower();
        tenant.apply(3, present(1, "stays", "x"), present(2, "wrong", "x"), present(3, "c", "x"));
        assertTrue(follower.canRebuild());
        assertFalse(follower.isRebuilding(tenant.tenant()));
        follower.completeRebuild(tenant.tenant());
        follower.beginRebuild(tenant.tenant());
        follower.applyRebuild(tenant.tenant(), List.of(present(3, "dropped", "x")));
        follower.beginRebuild(tenant.tenant());
        assertTrue(follower.isRebuilding(tenant.tenant()));
        follower.applyRebuild(
                tenant.tenant(), List.of(present(3, "stays", "x"), present(3, "c", "x")));
        for (Projection later : List.of(present(4, "d", "x"), absent(5, "c"))) {
            follower.applyRebuild(tenant.tenant(), List.of(later));
            tenant.apply(later.position(), later);
        }
        assertEquals(List.of("d", "stays", "wrong"), tenant.found("x"), "the first copy");
        follower.completeRebuild(tenant.tenant());
        assertFalse(follower.isRebuilding(tenant.tenant()));
        assertEquals(List.of("d", "stays"), tenant.search("x"), "the second copy");
        assertTrue(tenant.applied() <= 5);
        tenant.apply(6, present(6, "e", "x"), present(2, "d", "old"));
        assertEquals(6, tenant.applied());
        assertEquals(List.of("d", "e", "stays"), tenant.found("x"));
        follower.beginRebuild(tenant.tenant());
        follower.applyRebuild(tenant.tenant(), List.of(present(6, "other", "x")));
        follower.abandonRebuild(tenant.tenant());
        assertFalse(follower.isRebuilding(tenant.tenant()));
        follower.applyRebuild(tenant.tenant(), List.of(present(6, "other", "x")));
        assertEquals(List.of("d", "e", "stays"), tenant.found("x"));
    }

    /** An operator deletes the index: no search finds nothing where there was something. */
    @Test
    void aLostIndexIsNoticedAndFilledAgain() throws Exception {
        followed.apply(4, present(4, "a", "x"));
        assertEquals(List.of("a"), followed.found("x"));
        delete(ElasticsearchServer.prefix(folder) + "-*");
        assertThrows(StorageException.Unavailable.class, () -> followed.search("x"));
        assertThrows(
                StorageException.Unavailable.class, () -> followed.apply(5, present(5, "b", "x")));
        assertEquals(0, followed.applied(), "whoever follows starts again");
        assertThrows(StorageException.Unavailable.class, () -> followed.search("x"));
        followed.apply(4, present(4, "a", "x"));
        followed.apply(5, present(5, "b", "x"));
        assertEquals(List.of("a", "b"), followed.found("x"));
    }

    private static void delete(String indices) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var listed =
                    client.send(
                            HttpRequest.newBuilder(
                                            URL.resolve("/_cat/indices/" + indices + "?h=index"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            for (String index : listed.body().lines().map(String::strip).toList()) {
                int status =
                        client.send(
                                        HttpRequest.newBuilder(URL.resolve("/" + index))
                                                .DELETE()
                                                .build(),
                                        HttpResponse.BodyHandlers.discarding())
                                .statusCode();
                assertEquals(200, status, index);
            }
        }
    }

    @Test
    void tenantsWhoseNamesDifferByCaseHaveIndicesOfTheirOwn() {
        try (var own = Followed.open(URL, folder.resolve("own"), Map.of("index-per", tenants()))) {
            Followed upper = own.of("CASE");
            Followed lower = own.of("case");
            upper.apply(1, present(1, "u", "x"));
            lower.apply(2, present(2, "l", "x"));
            assertEquals(List.of("u"), upper.found("x"));
            assertEquals(List.of("l"), lower.found("x"));
            assertEquals(Optional.of(1L), Optional.of(upper.applied()));
        }
    }
}
