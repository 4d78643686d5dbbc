package dev.andiron.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.job.JobCount;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobSubmission;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** What each operation asks of the object store; docs/s3.md has the table that this prints. */
class RequestsTest {
    private final RequestLog log = new RequestLog();
    private final String prefix = UUID.randomUUID() + "/";

    private void assertRequests(String operation, Runnable action, String... expected) {
        log.take();
        action.run();
        long sent = log.sent();
        long received = log.received();
        List<String> requests = log.take();
        System.out.printf(
                "%-42s %-40s %,9d B sent %,9d B received%n",
                operation, String.join(", ", requests), sent, received);
        assertEquals(List.of(expected), requests, operation);
    }

    @Test
    void operationsTakeFewRequests() {
        ResourceKey key = Resources.patient("1");
        try (Node node = Node.open(S3Mock.server().url(), prefix, Map.of("cache-size", 0L), log)) {
            Tenant tenant = node.tenant("default");
            tenant.currentVersion(key);
            assertRequests("create", () -> tenant.write(key, 1), "PUT log");
            assertRequests("update", () -> tenant.write(key, 2), "PUT log");
            assertRequests(
                    "bundle of 20 small resources",
                    () -> tenant.commit(bundle(20, 500)),
                    "PUT log");
            assertRequests(
                    "bundle of 500 resources of 2 KiB",
                    () -> tenant.commit(bundle(500, 2_000)),
                    "PUT log",
                    "PUT packs");
            assertRequests("read", () -> tenant.read(key), "GET log", "GET log");
            assertRequests("head", () -> tenant.currentVersion(key), "GET log");
            assertRequests(
                    "read of a version",
                    () -> tenant.versions().readVersion(tenant.context(), key, 1),
                    "GET log",
                    "GET log");
            assertRequests(
                    "refused commit",
                    () -> {
                        try {
                            tenant.write(key, 1);
                        } catch (StorageException.VersionConflict expected) {
                            return;
                        }
                        throw new AssertionError("no conflict");
                    },
                    "GET log");
        }
        try (Node node =
                Node.open(
                        S3Mock.server().url(),
                        prefix,
                        Map.of("cache-size", 0L, "shared", false),
                        log)) {
            Tenant tenant = node.tenant("default");
            tenant.currentVersion(key);
            assertRequests("read by the only node", () -> tenant.read(key), "GET log");
        }
    }

    @Test
    void callersWhoWaitAreWrittenTogether() {
        try (Node node = Node.open(prefix, log)) {
            Tenant tenant = node.tenant("default");
            tenant.create(Resources.patient("0"));
            log.take();
            var tasks = new ArrayList<CompletableFuture<?>>();
            for (int i = 1; i <= 200; i++) {
                ResourceKey key = Resources.patient("p" + i);
                tasks.add(Parallel.start(() -> tenant.write(key, 1)));
            }
            tasks.forEach(CompletableFuture::join);
            List<String> requests = log.take();
            System.out.println("200 creates at once: " + requests.size() + " requests");
            assertEquals(List.of("PUT log"), requests.stream().distinct().toList());
            assertTrue(requests.size() < 100, requests::toString);
        }
    }

    @Test
    void changesOfJobsThatComeTogetherAreOneReplacement() {
        try (Node node = Node.open(prefix, log)) {
            Tenant tenant = node.tenant("default");
            var tasks = new ArrayList<CompletableFuture<?>>();
            for (int i = 1; i <= 100; i++) {
                var job = new JobSubmission(new JobId("j" + i), "export", Json.of("{}"));
                tasks.add(Parallel.start(() -> tenant.jobs().submit(tenant.context(), job)));
            }
            tasks.forEach(CompletableFuture::join);
            List<String> requests = log.take();
            System.out.println("100 jobs at once: " + requests.size() + " requests");
            assertTrue(requests.size() < 100, requests::toString);
            assertEquals(100, tenant.jobs().counts().stream().mapToLong(JobCount::count).sum());
        }
    }

    /** Of a long log only what was ever purged is looked up when a history is listed. */
    @Test
    void historyBesidePurgesTakesFewRequests() {
        var shape = new IndexShape(1_000, 100, 8, 2, 20);
        int resources = 400;
        try (Node node =
                Node.open(S3Mock.server().url(), prefix, Map.of("index-size", 0L), shape, log)) {
            Tenant tenant = node.tenant("default");
            for (int first = 0; first < resources; first += 100) {
                tenant.commit(small(first, 100));
            }
            tenant.purge(Resources.observation("s7"));
            tenant.commit(small(1_000, 100));
            String root = Keys.root(tenant.context().tenant(), 0, 4);
            while (node.objects().read(root).isEmpty()) {
                Thread.onSpinWait(); // written beside everything else; the test's time is bounded
            }
            node.backend().log(tenant.context()).check();
        }
        try (Node node =
                Node.open(S3Mock.server().url(), prefix, Map.of("index-size", 0L), shape, log)) {
            Tenant tenant = node.tenant("default");
            HistoryRequest all =
                    new HistoryRequest(
                            new HistoryScope.System(),
                            Optional.empty(),
                            Optional.empty(),
                            OptionalLong.empty(),
                            1_000);
            log.take();
            var page = tenant.histories().history(tenant.context(), all);
            List<String> requests = log.take();
            System.out.println("history of 500 after a purge: " + requests.size() + " requests");
            assertEquals(resources + 100 - 1, page.versions().size());
            assertTrue(requests.size() < 150, requests::toString);
        }
    }

    private static Mutation[] small(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(i -> Resources.put(Resources.observation("s" + i), 1))
                .toArray(Mutation[]::new);
    }

    private static Mutation[] bundle(int resources, int size) {
        var random = new Random(resources);
        Mutation[] puts = new Mutation[resources];
        for (int i = 0; i < resources; i++) {
            byte[] noise = new byte[size];
            random.nextBytes(noise);
            puts[i] =
                    new Mutation.Put(
                            new StoredResource(
                                    Resources.observation("o" + resources + "-" + i),
                                    1,
                                    Resources.nextInstant(),
                                    FhirVersion.R4,
                                    false,
                                    Json.of(noise)),
                            List.of());
        }
        return puts;
    }
}
