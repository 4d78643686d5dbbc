package dev.andiron.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.tck.fixture.Model;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/** A node is killed at each request that it makes, before and after the request took effect. */
class KillTest {
    private static final ResourceKey ONE = Resources.patient("1");
    private static final ResourceKey TWO = Resources.patient("2");

    private static final int OBSERVATIONS = 4;

    /** More than what lies in the log itself, so that there is a pack. */
    private static List<Mutation> observations() {
        var random = new Random(1);
        List<Mutation> observations = new ArrayList<>();
        for (int i = 0; i < OBSERVATIONS; i++) {
            byte[] noise = new byte[30_000];
            random.nextBytes(noise);
            observations.add(
                    new Mutation.Put(
                            new StoredResource(
                                    observation(i),
                                    1,
                                    Resources.nextInstant(),
                                    FhirVersion.R4,
                                    false,
                                    Json.of(noise)),
                            List.of()));
        }
        return observations;
    }

    /** Creates, a bundle with a pack of its own, an update, a delete, purges. */
    private static List<Commit> commits() {
        List<Mutation> bundle = observations();
        bundle.add(Resources.put(ONE, 2));
        return List.of(
                Commit.of(Resources.put(ONE, 1)),
                new Commit(List.of(), bundle),
                new Commit(List.of(), List.of(Resources.delete(ONE, 3), Resources.put(TWO, 1))),
                new Commit(
                        List.of(),
                        List.of(
                                new Mutation.Purge(observation(0)),
                                new Mutation.Purge(ONE),
                                Resources.put(TWO, 2))),
                Commit.of(Resources.put(ONE, 1)));
    }

    /** A pack that loses most of its contents, and then all. */
    private static List<Commit> purges() {
        return List.of(
                new Commit(List.of(), observations()),
                new Commit(
                        List.of(),
                        IntStream.range(0, OBSERVATIONS - 1)
                                .<Mutation>mapToObj(i -> new Mutation.Purge(observation(i)))
                                .toList()),
                Commit.of(new Mutation.Purge(observation(OBSERVATIONS - 1))));
    }

    private static ResourceKey observation(int number) {
        return Resources.observation("o" + number);
    }

    @Test
    void nothingIsLostOrPartialWhereverANodeDies() {
        killAtEach(S3Mock.server().url(), commits());
    }

    @Test
    void packsAreCompactedOrNotWhereverANodeDies() {
        killAtEach(S3Proxy.server().url(), purges());
    }

    private static void killAtEach(URI server, List<Commit> commits) {
        int deaths = 0;
        for (boolean afterEffect : new boolean[] {false, true}) {
            for (int request = 1; kill(server, commits, request, afterEffect); request++) {
                deaths++;
            }
        }
        System.out.println("a node was killed at " + deaths + " places");
        assertTrue(deaths >= 2 * (commits.size() + 1), "too few places: " + deaths);
    }

    /**
     * Nodes that index every second entry, and merge runs of two, so that they are killed there.
     */
    private static Node open(
            URI server,
            String prefix,
            Map<String, ?> options,
            ExecutionInterceptor... interceptors) {
        return Node.open(server, prefix, options, new IndexShape(2, 40, 2, 1, 8), interceptors);
    }

    /** Whether the node lived long enough to be killed at that request. */
    private static boolean kill(
            URI server, List<Commit> commits, int request, boolean afterEffect) {
        String prefix = UUID.randomUUID() + "/";
        var killer = new Killer(request, afterEffect);
        int acknowledged = 0;
        try (Node node = open(server, prefix, Map.of("attempts", 1L), killer)) {
            Tenant tenant = node.tenant("default");
            for (Commit commit : commits) {
                tenant.store().commit(tenant.context(), commit);
                acknowledged++;
            }
        } catch (StorageException.Unavailable dead) {
            assertTrue(killer.dead(), () -> "it failed while it lived: " + dead);
        }
        try (Node survivor = open(server, prefix, Map.of())) {
            Tenant tenant = survivor.tenant("default");
            int applied = applied(commits, tenant);
            int known = acknowledged;
            assertTrue(
                    applied == known || applied == known + 1 && killer.dead(),
                    () -> known + " commits were acknowledged, " + applied + " are there");
            assertSame(commits.subList(0, applied), tenant);
            for (Commit commit : commits.subList(applied, commits.size())) {
                tenant.store().commit(tenant.context(), commit);
            }
            assertSame(commits, tenant);
            TenantLog log = survivor.backend().log(tenant.context());
            new Eraser(survivor.objects()).sweep(log);
            survivor.backend().garbage().collect(log, Instant.now().plus(Duration.ofDays(1)));
            assertSame(commits, tenant);
            assertPacks(commits, survivor, tenant);
        }
        try (Node another = open(server, prefix, Map.of())) {
            assertSame(commits, another.tenant("default"));
        }
        return killer.dead();
    }

    /** What is left of what purges erased: no pack without anything that lives. */
    private static void assertPacks(List<Commit> commits, Node node, Tenant tenant) {
        var model = new Model();
        commits.forEach(model::commit);
        int lying =
                model.live().stream().anyMatch(live -> live.content().length() > 10_000) ? 1 : 0;
        assertEquals(
                lying,
                node.objects().list(Keys.packs(tenant.context().tenant()), "", 10).size(),
                "packs");
    }

    /** How many of the commits are there, by the position of the last change. */
    private static int applied(List<Commit> commits, Tenant tenant) {
        long last = tenant.feed().last(tenant.context());
        long position = 0;
        for (int i = 0; i < commits.size(); i++) {
            if (position == last) {
                return i;
            }
            position += commits.get(i).mutations().size();
        }
        assertEquals(position, last, "a part of a commit is there");
        return commits.size();
    }

    private static void assertSame(List<Commit> commits, Tenant tenant) {
        var model = new Model();
        commits.forEach(model::commit);
        assertEquals(model.live(), Walk.scan(tenant, ScanRequest.all()));
        assertEquals(
                model.changes().stream().map(KillTest::withoutPosition).toList(),
                tenant.changes(0, 100).stream().map(KillTest::withoutPosition).toList());
    }

    private static Object withoutPosition(Change change) {
        return switch (change) {
            case Change.Written written -> written.resource();
            case Change.Purged purged -> purged.key();
        };
    }
}
