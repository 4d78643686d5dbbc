package dev.andiron.kernel.composite;

import static dev.andiron.kernel.composite.CompositeFixture.PATIENCE;
import static dev.andiron.kernel.composite.CompositeFixture.code;
import static dev.andiron.tck.fixture.Resources.patient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.composite.Composition;
import dev.andiron.spi.composite.Follower;
import dev.andiron.spi.composite.Synchronization;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.tck.fixture.Resources;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** What many tenants cost that nobody uses, where other nodes may write. */
class IdleTenantsTest {
    private static final int TENANTS = 1_000;
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final MemoryPrimary primary = new MemoryPrimary();
    private final MemoryFollower follower = new MemoryFollower();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private static TenantContext tenant(int number) {
        return TenantContext.of(new TenantId("t" + number));
    }

    private void commit(int number, long version) {
        var put = Resources.put(patient("1"), version, code("a"));
        primary.commit(tenant(number), new Commit(List.of(), List.of(put)));
    }

    private Following following() {
        ChangeFeed feed =
                new ChangeFeed() {
                    @Override
                    public List<Change> changes(TenantContext tenant, long after, int limit) {
                        return primary.changes(tenant, after, limit);
                    }

                    @Override
                    public long last(TenantContext tenant) {
                        looks.incrementAndGet();
                        return primary.last(tenant);
                    }

                    @Override
                    public List<TenantId> tenants(String after, int limit) {
                        return primary.tenants(after, limit);
                    }
                };
        var counted =
                (Follower)
                        Proxy.newProxyInstance(
                                Follower.class.getClassLoader(),
                                new Class<?>[] {Follower.class},
                                (proxy, method, arguments) -> {
                                    if (method.getName().equals("applied")) {
                                        asked.incrementAndGet();
                                    }
                                    return method.invoke(follower, arguments);
                                });
        var part =
                new Composition.Part(
                        "index", Synchronization.HYBRID, PATIENCE, Duration.ofDays(40_000));
        var projector =
                new Projector(
                        (tenant, resource, features) -> primary.values(tenant, resource),
                        new RecentValues(),
                        Set.of(SearchFeature.TOKEN));
        return new Following(part, feed, counted, projector, () -> now, INTERVAL);
    }

    private void pass(Following following, Duration time) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            now = now.plus(INTERVAL);
            following.lookOnce();
        }
    }

    @Test
    void tenantsThatNobodyUsesAreLookedAtEverMoreRarely() {
        IntStream.range(0, TENANTS).forEach(number -> commit(number, 1));
        try (Following following = following()) {
            following.lookOnce();
            for (int number = 0; number < TENANTS; number++) {
                assertTrue(following.await(tenant(number), 1));
            }
            pass(following, Duration.ofMinutes(1));
            looks.set(0);
            pass(following, Duration.ofMinutes(1));
            assertEquals(4 * TENANTS, looks.get(), "each is looked at every 15 s");
            assertTrue(asked.get() <= 2 * TENANTS, "the follower was asked " + asked + " times");
        }
    }

    @Test
    void whatOtherNodesLeaveBehindIsFoundAllTheSame() {
        IntStream.range(0, 3).forEach(number -> commit(number, 1));
        try (Following following = following()) {
            following.lookOnce();
            for (int number = 0; number < 3; number++) {
                assertTrue(following.await(tenant(number), 1));
            }
            pass(following, Duration.ofMinutes(2));
            commit(1, 2);
            pass(following, Duration.ofSeconds(15));
            awaitApplied(following, tenant(1), 2);
        }
    }

    /** Nobody asks for the position, so nothing but a look can have led there. */
    private static void awaitApplied(Following following, TenantContext tenant, long position) {
        while (following.applied(tenant) < position) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aFollowerThatHasLostItsDataIsAskedInTheEnd() {
        commit(0, 1);
        try (Following following = following()) {
            following.lookOnce();
            assertTrue(following.await(tenant(0), 1));
            follower.reset(tenant(0));
            pass(following, Duration.ofMinutes(6));
            while (follower.applied(tenant(0)) < 1) {
                Thread.onSpinWait();
            }
            assertEquals(1, follower.held(tenant(0)).size());
        }
    }
}
