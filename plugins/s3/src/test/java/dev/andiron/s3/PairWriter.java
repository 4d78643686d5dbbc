package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The main class of a node whose writers change two of a few resources in each commit, as everybody
 * else does. It prints how many commits were acknowledged.
 */
final class PairWriter {
    static final int RESOURCES = 6;
    static final int WRITERS = 8;
    static final int ROUNDS = 12;

    private PairWriter() {}

    static ResourceKey resource(int number) {
        return Resources.patient("shared-" + number);
    }

    /**
     * Writes.
     *
     * @param arguments where the object store is, the prefix, and a number of this node
     */
    public static void main(String[] arguments) throws InterruptedException {
        try (Node node =
                Node.open(URI.create(arguments[0]), arguments[1], Map.of("attempts", 10L))) {
            Tenant tenant = node.tenant("default");
            List<Thread> writers = new ArrayList<>();
            int[] acknowledged = new int[WRITERS];
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                String name = arguments[2] + "-" + writer;
                writers.add(
                        Thread.ofVirtual().start(() -> acknowledged[writer] = write(tenant, name)));
            }
            int sum = 0;
            for (int i = 0; i < WRITERS; i++) {
                writers.get(i).join();
                sum += acknowledged[i];
            }
            System.out.println(sum);
        }
    }

    private static int write(Tenant tenant, String name) {
        var random = new Random(name.hashCode());
        for (int round = 0; round < ROUNDS; round++) {
            int first = random.nextInt(RESOURCES);
            int second = (first + 1 + random.nextInt(RESOURCES - 1)) % RESOURCES;
            String mark = "{\"mark\":\"" + name + "/" + round + "\"}";
            boolean written = false;
            while (!written) {
                try {
                    tenant.commit(next(tenant, first, mark), next(tenant, second, mark));
                    written = true;
                } catch (StorageException.VersionConflict somebodyWasFirst) {
                    written = false;
                }
            }
        }
        return ROUNDS;
    }

    private static Mutation next(Tenant tenant, int number, String content) {
        ResourceKey key = resource(number);
        return new Mutation.Put(
                new StoredResource(
                        key,
                        tenant.currentVersion(key) + 1,
                        Resources.nextInstant(),
                        FhirVersion.R4,
                        false,
                        Json.of(content)),
                List.of());
    }
}
