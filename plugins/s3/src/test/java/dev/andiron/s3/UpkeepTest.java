package dev.andiron.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/** What is done beside the commits: segments, overwriting what was purged, collecting garbage. */
class UpkeepTest {
    private static final ResourceKey ONE = Resources.patient("1");
    private static final ResourceKey TWO = Resources.patient("2");
    private static final Instant LATER = Instant.now().plus(Duration.ofDays(1));

    private final String prefix = UUID.randomUUID() + "/";

    @Test
    void aNodeStartsFromSegments() {
        List<Change> changes;
        String segment;
        try (Node writer = Node.open(prefix)) {
            Tenant tenant = writer.tenant("default");
            tenant.create(ONE);
            tenant.commit(
                    IntStream.range(0, IndexShape.STANDARD.records())
                            .mapToObj(i -> Resources.put(Resources.observation("o" + i), 1))
                            .toArray(Mutation[]::new));
            tenant.update(ONE);
            tenant.purge(ONE);
            tenant.create(TWO);
            changes = tenant.changes(0, 1_000);
            segment = Keys.root(tenant.context().tenant(), 0, 0);
            awaitObject(writer, segment);
        }
        var log = new RequestLog();
        try (Node reader = Node.open(prefix, log)) {
            Tenant tenant = reader.tenant("default");
            assertEquals(1, tenant.currentVersion(TWO));
            assertEquals(0, tenant.currentVersion(ONE));
            assertTrue(log.take().size() < 30, "a start takes too many requests");
            assertEquals(changes, tenant.changes(0, 1_000));
            reader.objects().delete(List.of(segment));
        }
        try (Node repairer = Node.open(prefix)) {
            Tenant tenant = repairer.tenant("default");
            assertEquals(changes, tenant.changes(0, 1_000));
            awaitObject(repairer, segment);
        }
        try (Node reader = Node.open(prefix)) {
            assertEquals(changes, reader.tenant("default").changes(0, 1_000));
        }
    }

    private static void awaitObject(Node node, String key) {
        while (node.objects().read(key).isEmpty()) {
            Thread.onSpinWait(); // written beside everything else; the test's time is bounded
        }
    }

    private static List<ResourceKey> keys(Tenant tenant) {
        return Walk.scan(tenant, ScanRequest.all()).stream().map(StoredResource::key).toList();
    }

    @Test
    void whatIsPurgedIsOverwritten() {
        String secret = "a secret that somebody wants erased, " + UUID.randomUUID();
        try (Node node = Node.open(prefix)) {
            Tenant tenant = node.tenant("default");
            tenant.commit(put(ONE, secret.getBytes(StandardCharsets.UTF_8)), put(TWO, noise(1)));
            assertTrue(bucketContains(node, secret), "the test looks in the wrong place");
            tenant.purge(ONE);
            assertFalse(bucketContains(node, secret), "what was purged is still there");
        }
        try (Node another = Node.open(prefix)) {
            assertEquals(List.of(TWO), keys(another.tenant("default")));
        }
    }

    @Test
    void whatADyingNodeDidNotOverwriteIsOverwrittenLater() {
        String secret = "a secret that somebody wants erased, " + UUID.randomUUID();
        var killer = new Killer(3, false);
        try (Node node = Node.open(S3Mock.server().url(), prefix, Map.of("attempts", 1L), killer)) {
            Tenant tenant = node.tenant("default");
            tenant.commit(put(ONE, secret.getBytes(StandardCharsets.UTF_8)));
            tenant.purge(ONE);
            assertTrue(killer.dead());
        }
        try (Node survivor = Node.open(prefix)) {
            Tenant tenant = survivor.tenant("default");
            assertEquals(List.of(), keys(tenant));
            assertTrue(bucketContains(survivor, secret), "the node died too late");
            new Eraser(survivor.objects()).sweep(survivor.backend().log(tenant.context()));
            assertFalse(bucketContains(survivor, secret), "what was purged is still there");
        }
    }

    private static boolean bucketContains(Node node, String text) {
        return node.objects().list("", "", 10_000).stream()
                .flatMap(each -> node.objects().read(each.key()).stream())
                .anyMatch(
                        found ->
                                new String(found.bytes(), StandardCharsets.ISO_8859_1)
                                        .contains(text));
    }

    @Test
    void packsThatNoCommitNamesAreCollected() {
        var killer = new Killer(2, false);
        try (Node node = Node.open(S3Mock.server().url(), prefix, Map.of("attempts", 1L), killer)) {
            Tenant tenant = node.tenant("default");
            assertThrows(
                    StorageException.Unavailable.class,
                    () -> tenant.commit(put(ONE, noise(Packs.INLINE + 1))));
        }
        try (Node survivor = Node.open(prefix)) {
            Tenant tenant = survivor.tenant("default");
            assertEquals(List.of(), keys(tenant));
            tenant.commit(put(TWO, noise(Packs.INLINE + 1)));
            tenant.commit(put(ONE, noise(Packs.INLINE + 1)));
            TenantLog log = survivor.backend().log(tenant.context());
            GarbageCollector garbage = survivor.backend().garbage();
            assertEquals(3, packs(survivor, tenant));
            assertEquals(0, garbage.collect(log, Instant.now().minus(GarbageCollector.GRACE)));
            assertEquals(1, garbage.collect(log, LATER));
            assertEquals(2, packs(survivor, tenant));
            assertEquals(2, Walk.scan(tenant, ScanRequest.all()).size());
            tenant.purge(ONE);
            assertEquals(1, packs(survivor, tenant));
            assertEquals(List.of(TWO), keys(tenant));
            assertEquals(0, garbage.collect(log, LATER));
        }
    }

    /** Of two nodes that write the same run, one is first; the pages of the other are garbage. */
    @Test
    void pagesThatNoRootNamesAreCollected() {
        var shape = new IndexShape(2, 40, 2, 1, 8);
        try (Node node = Node.open(S3Mock.server().url(), prefix, Map.of(), shape)) {
            Tenant tenant = node.tenant("default");
            tenant.create(ONE);
            tenant.create(TWO);
            String root = Keys.root(tenant.context().tenant(), 0, 0);
            awaitObject(node, root);
            var lost = UUID.randomUUID();
            for (int part = 0; part < 2; part++) {
                node.objects()
                        .write(
                                Keys.part(tenant.context().tenant(), 0, 0, lost, part),
                                new byte[10]);
            }
            String unfinished = Keys.part(tenant.context().tenant(), 0, 1, lost, 0);
            node.objects().write(unfinished, new byte[10]);
            TenantLog log = node.backend().log(tenant.context());
            GarbageCollector garbage = node.backend().garbage();
            assertEquals(0, garbage.collectRuns(log, Instant.now().minus(GarbageCollector.GRACE)));
            assertEquals(2, garbage.collectRuns(log, LATER));
            assertEquals(0, garbage.collectRuns(log, LATER));
            assertTrue(node.objects().read(unfinished).isPresent(), "its root may come yet");
        }
        try (Node another = Node.open(S3Mock.server().url(), prefix, Map.of(), shape)) {
            assertEquals(List.of(ONE, TWO), keys(another.tenant("default")));
        }
    }

    private static int packs(Node node, Tenant tenant) {
        return node.objects().list(Keys.packs(tenant.context().tenant()), "", 100).size();
    }

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new Random(length).nextBytes(noise);
        return noise;
    }

    private static Mutation.Put put(ResourceKey key, byte[] content) {
        return new Mutation.Put(
                new StoredResource(
                        key, 1, Resources.nextInstant(), FhirVersion.R4, false, Json.of(content)),
                List.of());
    }
}
