package dev.andiron.kernel.composite;

import static dev.andiron.kernel.composite.CompositeFixture.TENANT;
import static dev.andiron.kernel.composite.CompositeFixture.code;
import static dev.andiron.tck.fixture.Resources.patient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.composite.Difference.Kind;
import dev.andiron.kernel.composite.Reconciliation.Stretch;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.composite.Synchronization;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.tck.fixture.Resources;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Differences between a follower and its primary: found exactly, repaired all. */
class ReconciliationTest {
    private static final boolean LOOK = false;
    private static final boolean REPAIR = true;

    @Test
    void everyKindOfDifferenceIsFoundAndRepaired() {
        try (var main = CompositeFixture.of(Synchronization.HYBRID)) {
            for (int i = 10; i < 40; i++) {
                main.put(patient("p" + i), "a");
            }
            main.put(patient("p12"), "b");
            main.delete(patient("p13"));
            main.find("a");
            tamper(main, "p11", Optional.empty());
            tamper(main, "p12", Optional.of(present(version(main, "p12", 1), 1, "a")));
            tamper(main, "p13", Optional.of(present(version(main, "p13", 1), 1, "a")));
            tamper(main, "p14", Optional.of(present(version(main, "p14", 1), 1, "altered")));
            tamper(main, "p99", Optional.of(present(version(main, "p99", 1), 1, "a")));
            tamper(main, "q", Optional.of(present(version(main, "q", 3), 1_000_000, "a")));
            var expected =
                    List.of(
                            new Difference(Kind.MISSING, patient("p11"), 1, 0, false),
                            new Difference(Kind.STALE, patient("p12"), 2, 1, false),
                            new Difference(Kind.DELETED, patient("p13"), 2, 1, false),
                            new Difference(Kind.ALTERED, patient("p14"), 1, 1, false),
                            new Difference(Kind.EXTRA, patient("p99"), 0, 1, false),
                            new Difference(Kind.EXTRA, patient("q"), 0, 3, true));
            assertEquals(expected, walk(main, LOOK));
            assertEquals(expected, walk(main, LOOK), "looking changes nothing");
            assertEquals(expected, walk(main, REPAIR));
            assertEquals(List.of(), walk(main, LOOK));
            assertEquals(28, main.find("a").size());
            assertEquals(List.of(patient("p12")), main.find("b"));
            assertEquals(List.of(), main.find("altered"));
        }
    }

    @Test
    void writesThatGoOnAreNoDifferences() throws InterruptedException {
        try (var main = CompositeFixture.of(Synchronization.HYBRID)) {
            for (int i = 0; i < 60; i++) {
                main.put(patient("p" + i), "a");
            }
            var stop = new AtomicBoolean();
            Thread writer =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        for (int i = 0; !stop.get(); i++) {
                                            main.put(patient("p" + i % 60), "b" + i % 3);
                                            if (i % 7 == 0) {
                                                main.delete(patient("p" + i % 60));
                                            }
                                        }
                                    });
            for (int i = 0; i < 20; i++) {
                assertEquals(List.of(), walk(main, REPAIR));
            }
            stop.set(true);
            writer.join();
            main.find("a");
            assertEquals(
                    main.primary.live(TENANT),
                    main.follower.held(TENANT).stream().map(Projection.Present::resource).toList());
        }
    }

    /** Walks in small stretches, so that their borders matter. */
    private static List<Difference> walk(CompositeFixture main, boolean repairs) {
        var found = new ArrayList<Difference>();
        Optional<ResourceKey> after = Optional.empty();
        int compared = 0;
        do {
            Stretch stretch = main.composite.reconciliation().next(TENANT, true, after, 4);
            if (repairs) {
                main.composite.reconciliation().repair(TENANT, stretch.differences());
            }
            found.addAll(stretch.differences());
            compared += stretch.compared();
            assertTrue(
                    stretch.end().isEmpty()
                            || after.isEmpty()
                            || stretch.end().get().compareTo(after.get()) > 0,
                    "it goes on");
            after = stretch.end();
        } while (after.isPresent());
        assertTrue(compared > 0);
        return found;
    }

    private static void tamper(CompositeFixture main, String id, Optional<Projection> with) {
        main.follower.tamper(TENANT, patient(id), with);
    }

    private static StoredResource version(CompositeFixture main, String id, long version) {
        return main.primary
                .read(TENANT, patient(id))
                .filter(resource -> resource.version() == version)
                .orElseGet(() -> Resources.version(patient(id), version, Resources.nextInstant()));
    }

    private static Projection present(StoredResource resource, long position, String code) {
        return new Projection.Present(position, resource, List.of(code(code)));
    }
}
