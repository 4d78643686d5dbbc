package dev.andiron.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;

/** Nodes whose requests are throttled, reset and answered with errors, some after their effect. */
class FaultTest {
    private static final int WRITERS = 6;
    private static final int ROUNDS = 12;

    @Test
    void commitsComeThroughOneInFourFailedRequests() throws InterruptedException {
        String prefix = UUID.randomUUID() + "/";
        Map<String, Object> patient =
                Map.of("attempts", 15L, "attempt-timeout", Duration.ofSeconds(30));
        try (var proxy = new FaultyProxy(S3Mock.server().url(), 7, 250);
                Node first = Node.open(proxy.url(), prefix, patient);
                Node second = Node.open(proxy.url(), prefix, patient)) {
            List<Callable<Void>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                Tenant tenant = (i % 2 == 0 ? first : second).tenant("default");
                writers.add(
                        () -> {
                            write(tenant, writer);
                            return null;
                        });
            }
            Race.run(writers);
            assertTrue(proxy.faults() > 20, () -> "only " + proxy.faults() + " faults");
        }
        try (Node third = Node.open(prefix)) {
            Tenant tenant = third.tenant("default");
            assertEquals(WRITERS * ROUNDS * 2, tenant.changes(0, 1_000).size());
            assertEquals(WRITERS * ROUNDS + WRITERS, Walk.scan(tenant, ScanRequest.all()).size());
            for (int writer = 0; writer < WRITERS; writer++) {
                assertEquals(ROUNDS, tenant.currentVersion(counter(writer)));
            }
        }
    }

    private static ResourceKey counter(int writer) {
        return Resources.patient("counter-" + writer);
    }

    /** Each commit counts, and creates: nothing may be applied twice, and nothing be lost. */
    private static void write(Tenant tenant, int writer) {
        for (int round = 1; round <= ROUNDS; round++) {
            Mutation count = Resources.put(counter(writer), round);
            Mutation create = Resources.put(Resources.observation(writer + "-" + round), 1);
            tenant.commit(count, create);
            assertEquals(round, tenant.read(counter(writer)).orElseThrow().version());
        }
    }
}
