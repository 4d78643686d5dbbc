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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** A node is killed at each request that it makes, before and after the request took effect. */
class KillTest {
    private static final ResourceKey ONE = Resources.patient("1");
    private static final ResourceKey TWO = Resources.patient("2");

    /** Creates, a bundle with a pack of its own, an update, a delete, purges. */
    private static List<Commit> commits() {
        var random = new Random(1);
        List<Mutation> bundle = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            byte[] noise = new byte[3_000];
            random.nextBytes(noise);
            bundle.add(
                    new Mutation.Put(
                            new StoredResource(
                                    Resources.observation("o" + i),
                                    1,
                                    Resources.nextInstant(),
                                    FhirVersion.R4,
                                    false,
                                    Json.of(noise)),
                            List.of()));
        }
        bundle.add(Resources.put(ONE, 2));
        return List.of(
                Commit.of(Resources.put(ONE, 1)),
                new Commit(List.of(), bundle),
                new Commit(List.of(), List.of(Resources.delete(ONE, 3), Resources.put(TWO, 1))),
                new Commit(
                        List.of(),
                        List.of(
                                new Mutation.Purge(Resources.observation("o0")),
                                new Mutation.Purge(ONE),
                                Resources.put(TWO, 2))),
                Commit.of(Resources.put(ONE, 1)));
    }

    @Test
    void nothingIsLostOrPartialWhereverANodeDies() {
        List<Commit> commits = commits();
        int deaths = 0;
        for (boolean afterEffect : new boolean[] {false, true}) {
            for (int request = 1; kill(commits, request, afterEffect); request++) {
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
            String prefix, Map<String, ?> options, ExecutionInterceptor... interceptors) {
        return Node.open(
                S3Mock.server().url(),
                prefix,
                options,
                new IndexShape(2, 40, 2, 1, 8),
                interceptors);
    }

    /** Whether the node lived long enough to be killed at that request. */
    private static boolean kill(List<Commit> commits, int request, boolean afterEffect) {
        String prefix = UUID.randomUUID() + "/";
        var killer = new Killer(request, afterEffect);
        int acknowledged = 0;
        try (Node node = open(prefix, Map.of("attempts", 1L), killer)) {
            Tenant tenant = node.tenant("default");
            for (Commit commit : commits) {
                tenant.store().commit(tenant.context(), commit);
                acknowledged++;
            }
        } catch (StorageException.Unavailable dead) {
            assertTrue(killer.dead(), () -> "it failed while it lived: " + dead);
        }
        try (Node survivor = open(prefix, Map.of())) {
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
        }
        try (Node another = open(prefix, Map.of())) {
            assertSame(commits, another.tenant("default"));
        }
        return killer.dead();
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
