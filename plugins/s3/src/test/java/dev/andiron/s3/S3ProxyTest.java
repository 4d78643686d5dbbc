package dev.andiron.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobSubmission;
import dev.andiron.spi.job.WorkerId;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** A second object store, which is nobody's imitation of the first, and looks at signatures. */
class S3ProxyTest {
    private final String prefix = UUID.randomUUID() + "/";

    @Test
    void keepsConditionalWritesAndServes() {
        try (Node node = Node.open(S3Proxy.server().url(), prefix, Map.of())) {
            ConditionalWriteCheck.run(node.objects());
            Tenant tenant = node.tenant("a");
            tenant.create(Resources.patient("1"));
            tenant.update(Resources.patient("1"));
            tenant.create(Resources.patient("2"));
            tenant.purge(Resources.patient("2"));
            node.tenant("a-b").create(Resources.patient("1"));
            assertThrows(
                    StorageException.VersionConflict.class,
                    () -> tenant.write(Resources.patient("1"), 2));
            assertEquals(
                    List.of(new TenantId("a"), new TenantId("a-b")), tenant.feed().tenants("", 10));
        }
        try (Node node = Node.open(S3Proxy.server().url(), prefix, Map.of())) {
            Tenant tenant = node.tenant("a");
            assertEquals(1, Walk.scan(tenant, ScanRequest.all()).size());
            assertEquals(3, tenant.changes(0, 2).size());
            var job = new JobSubmission(new JobId("j"), "export", Json.of("{}"));
            tenant.jobs().submit(tenant.context(), job);
            var claim =
                    tenant.jobs()
                            .claim(new WorkerId("w"), Set.of("export"), Duration.ofMinutes(1))
                            .orElseThrow();
            assertEquals(1, claim.lease().token());
        }
    }

    @Test
    void clientsFetchFilesBySignedUrls() throws IOException, InterruptedException {
        byte[] content = new byte[20 << 20];
        new Random(3).nextBytes(content);
        try (Node node = Node.open(S3Proxy.server().url(), prefix, Map.of());
                HttpClient http = HttpClient.newHttpClient()) {
            Tenant tenant = node.tenant("default");
            var name = new BlobName(new JobId("j"), "Patient.ndjson");
            try (var writer = tenant.blobs().write(tenant.context(), name)) {
                writer.write(content, 0, content.length);
                assertTrue(writer.finish());
            }
            URI url =
                    tenant.blobs()
                            .signedUrl(tenant.context(), name, Duration.ofMinutes(5))
                            .orElseThrow();
            assertArrayEquals(content, get(http, url).body());
            URI forged = URI.create(url.toString().replace("Patient", "Observation"));
            assertEquals(403, get(http, forged).statusCode());
        }
    }

    private static HttpResponse<byte[]> get(HttpClient http, URI url)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void aWrongKeyIsRefusedWithAClearMessage() {
        try (Node node = Node.open(S3Proxy.server().url(), prefix, Map.of("secret-key", "wrong"))) {
            var refused =
                    assertThrows(
                            StorageException.Unavailable.class,
                            () -> ConditionalWriteCheck.run(node.objects()));
            assertTrue(refused.getMessage().contains("refuses access"), refused.getMessage());
        }
    }

    @Test
    void aStoreThatIgnoresConditionsIsRefused() {
        try (Node node =
                Node.open(S3Mock.server().url(), prefix, Map.of(), new WithoutConditions())) {
            var refused =
                    assertThrows(
                            StorageException.NotSupported.class,
                            () -> ConditionalWriteCheck.run(node.objects()));
            assertTrue(refused.getMessage().contains("If-None-Match"), refused.getMessage());
        }
    }
}
