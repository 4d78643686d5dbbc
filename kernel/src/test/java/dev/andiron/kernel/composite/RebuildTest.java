package dev.andiron.kernel.composite;

import static dev.andiron.kernel.composite.CompositeFixture.TENANT;
import static dev.andiron.kernel.composite.CompositeFixture.code;
import static dev.andiron.tck.fixture.Resources.patient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.composite.Synchronization;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.tck.fixture.Resources;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A follower that is built anew beside the one that searches use. */
class RebuildTest {

    @Test
    void searchesUseTheOldCopyUntilTheNewIsComplete() {
        try (var main = CompositeFixture.of(Synchronization.HYBRID)) {
            for (int i = 10; i < 30; i++) {
                main.put(patient("p" + i), "a");
            }
            main.find("a");
            main.follower.tamper(TENANT, patient("p11"), Optional.empty());
            main.follower.tamper(
                    TENANT,
                    patient("q"),
                    Optional.of(
                            new Projection.Present(
                                    1_000_000,
                                    Resources.version(patient("q"), 1, Resources.nextInstant()),
                                    List.of(code("a")))));
            main.put(patient("p30"), "a");
            assertEquals(21, main.find("a").size(), "one lost, one that never was");
            Rebuild rebuild = main.composite.rebuild();
            rebuild.begin(TENANT);
            Rebuild.Stretch first = rebuild.next(TENANT, Optional.empty(), 8);
            assertEquals(8, first.copied());
            assertEquals(21, main.find("a").size());
            assertTrue(rebuild.isBegun(TENANT));
            finish(rebuild, first.end());
            assertFalse(rebuild.isBegun(TENANT));
            assertEquals(21, main.find("a").size());
            assertTrue(main.find("a").contains(patient("p11")));
            assertFalse(main.find("a").contains(patient("q")));
        }
    }

    @Test
    void oneThatIsAbandonedChangesNothing() {
        try (var main = CompositeFixture.of(Synchronization.HYBRID)) {
            main.put(patient("1"), "a");
            main.composite.rebuild().begin(TENANT);
            main.composite.rebuild().abandon(TENANT);
            main.put(patient("2"), "a");
            assertEquals(List.of(patient("1"), patient("2")), main.find("a"));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void writesBetweenAnyTwoStepsAreInTheNewCopy(long seed) {
        var random = new Random(seed);
        try (var main = CompositeFixture.of(Synchronization.HYBRID)) {
            write(main, random, 40);
            main.composite.rebuild().begin(TENANT);
            Optional<ResourceKey> after = Optional.empty();
            do {
                write(main, random, random.nextInt(6));
                if (random.nextBoolean()) {
                    main.find("c1");
                }
                after = main.composite.rebuild().next(TENANT, after, 3).end();
            } while (after.isPresent());
            write(main, random, random.nextInt(6));
            main.composite.rebuild().complete(TENANT);
            write(main, random, random.nextInt(6));
            main.find("c1");
            assertEquals(
                    main.primary.live(TENANT),
                    main.follower.held(TENANT).stream().map(Projection.Present::resource).toList());
        }
    }

    private static void write(CompositeFixture main, Random random, int times) {
        for (int i = 0; i < times; i++) {
            ResourceKey key = patient("p" + random.nextInt(20));
            if (random.nextInt(4) == 0) {
                main.delete(key);
            } else {
                main.put(key, "c" + random.nextInt(4));
            }
        }
    }

    private static void finish(Rebuild rebuild, Optional<ResourceKey> from) {
        Optional<ResourceKey> after = from;
        while (after.isPresent()) {
            after = rebuild.next(TENANT, after, 8).end();
        }
        rebuild.complete(TENANT);
    }
}
