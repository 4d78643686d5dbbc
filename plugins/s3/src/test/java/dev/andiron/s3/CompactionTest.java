package dev.andiron.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** Objects that purges left mostly empty are written anew without the gaps. */
class CompactionTest {
    private static final Map<String, Object> NO_CACHE = Map.of("cache-size", 0L);
    private static final int CONTENTS = 16;
    private static final int SIZE = 6_000;

    private final String prefix = UUID.randomUUID() + "/";

    private Node node() {
        return Node.open(S3Mock.server().url(), prefix, NO_CACHE);
    }

    private static ResourceKey key(int number) {
        return Resources.observation("o" + number);
    }

    private static byte[] content(int number, int size) {
        byte[] noise = new byte[size];
        new Random(number).nextBytes(noise);
        byte[] name = ("{\"secret\":\"" + number + "\"}").getBytes(StandardCharsets.UTF_8);
        System.arraycopy(name, 0, noise, 0, name.length);
        return noise;
    }

    private static Mutation[] puts(int size) {
        return IntStream.range(0, CONTENTS)
                .mapToObj(
                        number ->
                                new Mutation.Put(
                                        new StoredResource(
                                                key(number),
                                                1,
                                                Resources.nextInstant(),
                                                FhirVersion.R4,
                                                false,
                                                Json.of(content(number, size))),
                                        List.of()))
                .toArray(Mutation[]::new);
    }

    private static Mutation[] purges(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(number -> new Mutation.Purge(key(number)))
                .toArray(Mutation[]::new);
    }

    private static List<ObjectStore.Listed> objects(Node node, String folder) {
        return node.objects().list(folder, "", 100);
    }

    private static void assertLive(Tenant tenant, int from, int size) {
        List<StoredResource> live = Walk.scan(tenant, ScanRequest.all());
        assertEquals(CONTENTS - from, live.size());
        for (int number = 0; number < CONTENTS; number++) {
            Optional<Json> expected =
                    number < from ? Optional.empty() : Optional.of(Json.of(content(number, size)));
            assertEquals(
                    expected, tenant.read(key(number)).map(StoredResource::content), "o" + number);
        }
    }

    private static boolean contains(Node node, String folder, int number) {
        String text = "{\"secret\":\"" + number + "\"}";
        return objects(node, folder).stream()
                .flatMap(each -> node.objects().read(each.key()).stream())
                .anyMatch(
                        found ->
                                new String(found.bytes(), StandardCharsets.ISO_8859_1)
                                        .contains(text));
    }

    /** A node that knows the pack as it was goes on reading, through every stage. */
    @Test
    void aPackShrinksAndGoes() {
        try (Node writer = node();
                Node reader = node()) {
            Tenant tenant = writer.tenant("default");
            tenant.commit(puts(SIZE));
            String packs = Keys.packs(tenant.context().tenant());
            long full = objects(writer, packs).getFirst().size();
            assertLive(reader.tenant("default"), 0, SIZE);
            int purged = 0;
            for (int next : new int[] {2, 10, 11, 15}) {
                tenant.commit(purges(purged, next));
                purged = next;
                assertLive(tenant, purged, SIZE);
                assertLive(reader.tenant("default"), purged, SIZE);
                long size = objects(writer, packs).getFirst().size();
                long live = (long) (CONTENTS - purged) * SIZE;
                assertTrue(size <= 2 * live + 2_000 || purged == 2, size + " for " + live);
                assertTrue(size <= full);
                assertFalse(contains(writer, packs, purged - 1), "what was purged is there");
                assertTrue(contains(writer, packs, purged), "the test looks in the wrong place");
            }
            tenant.commit(purges(purged, CONTENTS));
            assertEquals(List.of(), objects(writer, packs));
            assertLive(reader.tenant("default"), CONTENTS, SIZE);
        }
        try (Node another = node()) {
            assertLive(another.tenant("default"), CONTENTS, SIZE);
        }
    }

    /** Small contents lie in an entry of the log, which stays for its header. */
    @Test
    void anEntryOfTheLogShrinks() {
        int small = 200;
        try (Node writer = node();
                Node reader = node()) {
            Tenant tenant = writer.tenant("default");
            tenant.commit(puts(small));
            String log = Keys.LOGS + Keys.folder(tenant.context().tenant());
            long full = objects(writer, log).getFirst().size();
            assertLive(reader.tenant("default"), 0, small);
            tenant.commit(purges(0, 14));
            assertLive(reader.tenant("default"), 14, small);
            assertTrue(objects(writer, log).getFirst().size() < full - 12L * small);
            assertFalse(contains(writer, log, 3));
            tenant.commit(purges(14, CONTENTS));
            assertLive(reader.tenant("default"), CONTENTS, small);
            assertTrue(objects(writer, log).getFirst().size() <= full - (long) CONTENTS * small);
        }
        try (Node another = node()) {
            assertLive(another.tenant("default"), CONTENTS, small);
            another.tenant("default").write(key(0), 1);
        }
    }

    /** Purges of one pack by two nodes at once, while both read: nothing live is ever missed. */
    @Test
    void purgesReadersAndCompactionsRace() throws InterruptedException {
        int kept = CONTENTS - 1;
        try (Node first = node();
                Node second = node()) {
            first.tenant("default").commit(puts(SIZE));
            first.tenant("default").commit(purges(0, kept / 2));
            List<Callable<Void>> callers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                int caller = i;
                Tenant tenant = (i == 0 ? first : second).tenant("default");
                callers.add(
                        () -> {
                            for (int number = kept / 2 + caller; number < kept; number += 2) {
                                tenant.purge(key(number));
                                assertEquals(Optional.empty(), tenant.read(key(number)));
                                assertEquals(
                                        Json.of(content(kept, SIZE)),
                                        tenant.read(key(kept)).orElseThrow().content());
                            }
                            return null;
                        });
            }
            Race.run(callers);
            assertLive(second.tenant("default"), kept, SIZE);
            String packs = Keys.packs(first.tenant("default").context().tenant());
            assertTrue(objects(first, packs).getFirst().size() < 2 * SIZE);
            for (int number = 0; number < kept; number++) {
                assertFalse(contains(first, packs, number), "what was purged is there");
            }
        }
    }
}
