package dev.andiron.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.s3.FaultyProxy.Fault;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/** Requests that are never answered, in the middle of commits and of reads. */
class HangTest {
    private static final ResourceKey SMALL = Resources.patient("small");
    private static final ResourceKey LARGE = Resources.patient("large");

    /** Each hanging request costs one of these; one that is only slow is asked again, too. */
    private static final Map<String, Object> PATIENCE =
            Map.of("cache-size", 0L, "attempts", 20L, "attempt-timeout", Duration.ofSeconds(1));

    /** The first request of each of these kinds hangs. */
    private static final Set<String> KINDS =
            Set.of("PUT packs", "PUT log", "GET log", "GET packs", "DELETE packs", "PUT erased");

    /** What a node does here, in order: a large commit, a small one, a read, a purge, a scan. */
    private static void work(Tenant tenant) {
        byte[] noise = new byte[Packs.INLINE + 1];
        new Random(1).nextBytes(noise);
        tenant.commit(
                new Mutation.Put(
                        new StoredResource(
                                LARGE,
                                1,
                                Resources.nextInstant(),
                                FhirVersion.R4,
                                false,
                                Json.of(noise)),
                        List.of()));
        tenant.create(SMALL);
        assertEquals(Json.of(noise), tenant.read(LARGE).orElseThrow().content());
        tenant.purge(LARGE);
        assertTrue(tenant.read(LARGE).isEmpty());
        assertEquals(1, Walk.scan(tenant, ScanRequest.all()).size());
    }

    private static void assertDone(URI server, String prefix) {
        try (Node another = Node.open(server, prefix, Map.of())) {
            Tenant tenant = another.tenant("default");
            assertEquals(1, tenant.currentVersion(SMALL));
            assertEquals(0, tenant.currentVersion(LARGE));
            assertEquals(2, tenant.changes(0, 10).size());
        }
    }

    /** One node for each server and moment. */
    @Test
    void requestsOfEachKindHang() throws InterruptedException {
        List<Callable<Void>> runs = new ArrayList<>();
        for (URI server : List.of(S3Mock.server().url(), S3Proxy.server().url())) {
            for (Fault fault : List.of(Fault.HANG_BEFORE, Fault.HANG_AFTER, Fault.HANG_WITHIN)) {
                runs.add(
                        () -> {
                            hang(server, fault);
                            return null;
                        });
            }
        }
        Race.run(runs);
    }

    private static void hang(URI server, Fault fault) {
        String prefix = UUID.randomUUID() + "/";
        Set<String> left = ConcurrentHashMap.newKeySet();
        left.addAll(KINDS);
        try (var proxy =
                        new FaultyProxy(
                                server,
                                request -> left.remove(kind(request)) ? fault : Fault.NONE);
                Node node = Node.open(proxy.url(), prefix, PATIENCE)) {
            work(node.tenant("default"));
        }
        assertEquals(Set.of(), left, "requests that did not come");
        assertDone(server, prefix);
    }

    /** As {@code /BUCKET/PREFIX/FOLDER/...} tells. */
    private static String kind(FaultyProxy.Request request) {
        return request.method() + " " + request.target().split("/")[3];
    }

    /** Nothing is answered any more: the caller is told in time, and told the truth. */
    @Test
    void aStoreThatIsSilentIsUnavailable() {
        URI server = S3Mock.server().url();
        String prefix = UUID.randomUUID() + "/";
        Map<String, Object> options =
                Map.of(
                        "cache-size",
                        0L,
                        "attempts",
                        2L,
                        "attempt-timeout",
                        Duration.ofMillis(300),
                        "request-timeout",
                        Duration.ofMillis(700));
        try (Node healthy = Node.open(server, prefix, Map.of())) {
            healthy.tenant("default").create(SMALL);
        }
        try (var proxy = new FaultyProxy(server, _ -> Fault.HANG_BEFORE);
                Node node = Node.open(proxy.url(), prefix, options)) {
            Tenant tenant = node.tenant("default");
            assertThrows(StorageException.Unavailable.class, () -> tenant.read(SMALL));
            var silent =
                    assertThrows(StorageException.Unavailable.class, () -> tenant.update(SMALL));
            assertTrue(silent.getMessage().contains("cannot be reached"), silent.getMessage());
        }
        // The write takes effect, but nobody ever hears of it.
        try (var proxy = new FaultyProxy(server, _ -> Fault.HANG_AFTER);
                Node node = Node.open(proxy.url(), prefix, options)) {
            var unknown =
                    assertThrows(
                            StorageException.Unavailable.class,
                            () -> node.tenant("silent").write(SMALL, 1));
            assertTrue(unknown.outcomeUnknown(), "a commit that may be there is called refused");
        }
        try (Node another = Node.open(server, prefix, Map.of())) {
            Tenant tenant = another.tenant("default");
            assertEquals(1, tenant.currentVersion(SMALL));
            tenant.update(SMALL);
            assertFalse(another.tenant("silent").currentVersion(SMALL) > 1);
        }
    }
}
