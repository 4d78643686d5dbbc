package dev.andiron.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** What the server is told about encryption and storage classes. */
class StorageOptionsTest {
    private static final String ENCRYPTION = "x-amz-server-side-encryption";
    private static final String KMS_KEY = "x-amz-server-side-encryption-aws-kms-key-id";
    private static final String STORAGE_CLASS = "x-amz-storage-class";

    /** Writes something of each kind; gives the requests that made objects. */
    private static List<FaultyProxy.Request> writes(Map<String, ?> options) {
        try (var proxy = new FaultyProxy(S3Mock.server().url(), 1, 0);
                Node node = Node.open(proxy.url(), UUID.randomUUID() + "/", options)) {
            Tenant tenant = node.tenant("default");
            tenant.create(Resources.patient("small"));
            tenant.commit(
                    new Mutation.Put(
                            new StoredResource(
                                    Resources.patient("large"),
                                    1,
                                    Resources.nextInstant(),
                                    FhirVersion.R4,
                                    false,
                                    Json.of(noise(2 * Packs.INLINE))),
                            List.of()));
            for (int size : new int[] {100, 9 << 20}) {
                var name = new BlobName(new JobId("j"), "file" + size);
                try (var writer = tenant.blobs().write(tenant.context(), name)) {
                    writer.write(noise(size), 0, size);
                    assertTrue(writer.finish());
                }
            }
            return proxy.requests().stream()
                    .filter(
                            request ->
                                    request.method().equals("PUT")
                                                    && !request.target().contains("partNumber")
                                            || request.target().contains("uploads"))
                    .toList();
        }
    }

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new Random(length).nextBytes(noise);
        return noise;
    }

    private static boolean isLog(FaultyProxy.Request request) {
        return request.target().contains("/log/");
    }

    @Test
    void theLogIsStandardAndContentsAreAsConfigured() {
        List<FaultyProxy.Request> writes =
                writes(
                        Map.of(
                                "encryption",
                                S3Options.Encryption.AES256,
                                "storage-class",
                                S3Options.StorageClass.ONEZONE_IA));
        assertEquals(5, writes.size(), writes::toString);
        assertEquals(2, writes.stream().filter(StorageOptionsTest::isLog).count());
        for (FaultyProxy.Request request : writes) {
            assertEquals("AES256", request.headers().get(ENCRYPTION), request::toString);
            assertEquals(
                    isLog(request) ? null : "ONEZONE_IA",
                    request.headers().get(STORAGE_CLASS),
                    request::toString);
        }
    }

    /** S3Mock knows no key, and says so: the header came through. */
    @Test
    void theStoreIsAskedForAKeyOfOnesOwn() {
        String key = "arn:aws:kms:us-east-1:111122223333:key/nobody-has-it";
        Map<String, Object> options =
                Map.of("encryption", S3Options.Encryption.AWS_KMS, "kms-key", key);
        try (var proxy = new FaultyProxy(S3Mock.server().url(), 1, 0);
                Node node = Node.open(proxy.url(), UUID.randomUUID() + "/", options)) {
            var refused =
                    assertThrows(
                            StorageException.Unavailable.class,
                            () -> node.objects().create("check/kms", new byte[1]));
            assertTrue(refused.getMessage().contains("KMS.NotFound"), refused.getMessage());
            Map<String, String> headers = proxy.requests().getLast().headers();
            assertEquals("aws:kms", headers.get(ENCRYPTION));
            assertEquals(key, headers.get(KMS_KEY));
        }
    }

    @Test
    void nothingIsSaidWhereNothingIsConfigured() {
        for (FaultyProxy.Request request : writes(Map.of())) {
            assertFalse(request.headers().containsKey(ENCRYPTION), request::toString);
            assertFalse(request.headers().containsKey(STORAGE_CLASS), request::toString);
        }
    }

    @Test
    void tenantsHaveBucketsOfTheirOwn() {
        String name = "own-" + UUID.randomUUID().toString().substring(0, 8) + "-";
        String prefix = UUID.randomUUID() + "/";
        Map<String, String> apart = Map.of("tenant-bucket", name + "{tenant}");
        var file = new BlobName(new JobId("j"), "file");
        try (Node node = Node.open(S3Mock.server().url(), prefix, apart)) {
            for (String tenant : List.of("a", "b-1")) {
                node.tenant(tenant).create(Resources.patient("1"));
            }
            Tenant tenant = node.tenant("a");
            tenant.update(Resources.patient("1"));
            try (var writer = tenant.blobs().write(tenant.context(), file)) {
                writer.write(noise(100), 0, 100);
                assertTrue(writer.finish());
            }
            assertEquals(0, node.tenant("never-was").currentVersion(Resources.patient("1")));
            assertEquals(List.of(), node.tenant("never-was").changes(0, 10));
            assertThrows(
                    StorageException.NotPermitted.class,
                    () -> node.tenant("No_Bucket").create(Resources.patient("1")));
        }
        try (Node node = Node.open(S3Mock.server().url(), prefix, apart)) {
            Tenant tenant = node.tenant("a");
            assertEquals(2, tenant.currentVersion(Resources.patient("1")));
            assertEquals(1, node.tenant("b-1").changes(0, 10).size());
            assertEquals(
                    List.of(new TenantId("a"), new TenantId("b-1")), tenant.feed().tenants("", 10));
            var url = tenant.blobs().signedUrl(tenant.context(), file, Duration.ofMinutes(1));
            assertTrue(url.orElseThrow().toString().contains("/" + name + "a/"), url::toString);
            tenant.blobs().delete(tenant.context(), new JobId("j"));
            assertEquals(Optional.empty(), tenant.blobs().find(tenant.context(), file));
        }
        assertEquals(2, keys(Map.of(), prefix).size());
        assertTrue(keys(Map.of(), prefix).getFirst().startsWith("tenants/a!/"));
        assertEquals(2, keys(Map.of("bucket", name + "a"), prefix).size());
        assertTrue(keys(Map.of("bucket", name + "b-1"), prefix).getFirst().startsWith("log/b-1!/"));
    }

    private static List<String> keys(Map<String, ?> options, String prefix) {
        try (Node node = Node.open(S3Mock.server().url(), prefix, options)) {
            return node.objects().list("", "", 100).stream().map(ObjectStore.Listed::key).toList();
        }
    }
}
