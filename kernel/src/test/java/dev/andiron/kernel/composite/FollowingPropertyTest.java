package dev.andiron.kernel.composite;

import static dev.andiron.kernel.composite.CompositeFixture.TENANT;
import static dev.andiron.kernel.composite.CompositeFixture.code;
import static dev.andiron.tck.fixture.Resources.patient;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.composite.Synchronization;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.tck.fixture.Resources;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Random writes with random faults of the follower, restarts of the node, then quiescence. */
class FollowingPropertyTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theFollowerComesToEqualThePrimary(long seed) {
        var random = new Random(seed);
        var faults = new Random(seed + 100);
        var primary = new MemoryPrimary();
        var follower = new MemoryFollower();
        follower.failOn(projection -> faults.nextInt(60) == 0);
        for (int node = 0; node < 3; node++) {
            try (var main =
                    new CompositeFixture(
                            primary, follower, Synchronization.HYBRID, Duration.ZERO)) {
                for (int i = 0; i < 100; i++) {
                    write(main, random);
                }
            }
        }
        follower.failOn(projection -> false);
        try (var main =
                new CompositeFixture(
                        primary, follower, Synchronization.HYBRID, CompositeFixture.PATIENCE)) {
            main.find("any");
            assertEquals(primary.live(TENANT), held(follower, TENANT));
            for (Projection.Present each : follower.held(TENANT)) {
                assertEquals(primary.values(TENANT, each.resource()), each.searchValues());
            }
            assertEquals(primary.last(TENANT), follower.applied(TENANT));
        }
    }

    private static List<StoredResource> held(MemoryFollower follower, TenantContext tenant) {
        return follower.held(tenant).stream().map(Projection.Present::resource).toList();
    }

    private static void write(CompositeFixture main, Random random) {
        ResourceKey key = patient("p" + random.nextInt(30));
        long next = main.version(key) + 1;
        Mutation mutation =
                switch (random.nextInt(10)) {
                    case 0, 1 -> Resources.delete(key, next);
                    case 2 -> new Mutation.Purge(key);
                    default -> Resources.put(key, next, code("c" + random.nextInt(5)));
                };
        main.commit(List.of(), mutation);
    }
}
