package dev.andiron.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.tck.fixture.RecordedMeters;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.UUID;

/** What a node tells of its requests. */
class RequestMetersTest {
    private final RecordedMeters meters = new RecordedMeters();

    @Test
    void requestsAreCountedByOperationAndOutcome() {
        String prefix = UUID.randomUUID() + "/";
        try (Node node =
                Node.open(
                        S3Mock.server().url(),
                        prefix,
                        Map.of("cache-size", 0L),
                        new RequestMeters(meters))) {
            Tenant tenant = node.tenant("default");
            tenant.currentVersion(Resources.patient("1"));
            tenant.create(Resources.patient("1"));
            long asked = meters.of("s3.requests{operation=GetObject, outcome=absent}");
            tenant.read(Resources.patient("1"));
            assertEquals(1, meters.of("s3.requests{operation=PutObject, outcome=ok}"));
            assertEquals(1, meters.of("s3.requests{operation=GetObject, outcome=ok}"));
            assertEquals(asked + 1, meters.of("s3.requests{operation=GetObject, outcome=absent}"));
            assertTrue(meters.of("s3.sent.bytes{operation=PutObject}") > 0);
            assertTrue(meters.of("s3.received.bytes{operation=GetObject}") > 0);
            node.objects().create(Keys.logEntry(tenant.context().tenant(), 1), new byte[1]);
            assertEquals(1, meters.of("s3.requests{operation=PutObject, outcome=refused}"));
        }
    }

    @Test
    void attemptsThatFailAreCounted() {
        String prefix = UUID.randomUUID() + "/";
        try (var proxy = new FaultyProxy(S3Mock.server().url(), 5, 500);
                Node node =
                        Node.open(
                                proxy.url(),
                                prefix,
                                Map.of("attempts", 15L),
                                new RequestMeters(meters))) {
            for (int i = 0; i < 10; i++) {
                node.objects().write("check/" + i, new byte[1]);
            }
            assertEquals(10, meters.of("s3.requests{operation=PutObject, outcome=ok}"));
            assertEquals(10 + proxy.faults(), meters.of("s3.attempts{operation=PutObject}"));
        }
    }
}
