package dev.andiron.kernel.composite;

import dev.andiron.spi.composite.Composition;
import dev.andiron.spi.composite.Follower;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.composite.Synchronization;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One follower kept in step with its primary, all tenants of it. Independent of other followers:
 * each has its own threads and its own positions. Commits of this node wake it at once; those of
 * other nodes are found by looking.
 */
final class Following implements AutoCloseable {
    static final int MOST_FAILURES = 5;

    private static final System.Logger LOG = System.getLogger(Following.class.getName());
    private static final int TENANTS_AT_ONCE = 4;
    private static final int TENANTS_A_PAGE = 1_000;
    private static final int MOST_REFUSED = 100;

    private final Composition.Part part;
    private final ChangeFeed feed;
    private final Follower follower;
    private final Projector projector;
    private final InstantSource clock;
    private final Duration interval;
    private final Map<TenantId, TenantFollowing> tenants = new ConcurrentHashMap<>();
    private final Map<ResourceKey, String> refused = new LinkedHashMap<>();
    private final Semaphore places = new Semaphore(TENANTS_AT_ONCE);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    /**
     * @param interval how often to look for what other nodes commit
     */
    Following(
            Composition.Part part,
            ChangeFeed feed,
            Follower follower,
            Projector projector,
            InstantSource clock,
            Duration interval) {
        this.part = part;
        this.feed = feed;
        this.follower = follower;
        this.projector = projector;
        this.clock = clock;
        this.interval = interval;
    }

    /** Begins to follow. */
    void start() {
        Thread.ofVirtual().name("follow-" + part.backend()).start(this::look);
    }

    private void look() {
        try {
            do {
                lookOnce();
            } while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks once at the tenants whose time it is. */
    void lookOnce() {
        try {
            String after = "";
            List<TenantId> page;
            do {
                page = feed.tenants(after, TENANTS_A_PAGE);
                page.forEach(tenant -> of(tenant).look(interval));
                after = page.isEmpty() ? "" : page.getLast().value();
            } while (page.size() == TENANTS_A_PAGE);
        } catch (RuntimeException unavailable) {
            LOG.log(
                    Level.WARNING,
                    "the tenants that ''{0}'' follows cannot be looked at: {1}",
                    part.backend(),
                    unavailable.getMessage());
        }
    }

    private TenantFollowing of(TenantId tenant) {
        return tenants.computeIfAbsent(
                tenant, id -> new TenantFollowing(this, TenantContext.of(id)));
    }

    /** This node has committed up to a position. */
    void committed(TenantContext tenant, long position) {
        of(tenant.tenant()).committed(position);
    }

    /**
     * Waits until everything up to a position can be found.
     *
     * @return false if it cannot within the part's patience
     */
    boolean await(TenantContext tenant, long position) {
        TenantFollowing following = of(tenant.tenant());
        if (!following.await(position, part.patience())) {
            return false;
        }
        following.show(position);
        return true;
    }

    /** The position through which a tenant's changes are applied, as far as this node knows. */
    long applied(TenantContext tenant) {
        return of(tenant.tenant()).applied();
    }

    /** Something is not as it should be with a tenant's data: the follower is asked again. */
    void doubt(TenantContext tenant) {
        of(tenant.tenant()).doubt();
    }

    /** Something was applied besides the feed, and is to be seen by the next search. */
    void touched(TenantContext tenant) {
        of(tenant.tenant()).touched();
    }

    /** How the follower is doing. */
    FollowerState state() {
        var all = List.copyOf(tenants.values());
        Map<ResourceKey, String> refusals;
        synchronized (refused) {
            refusals = Map.copyOf(refused);
        }
        return new FollowerState(
                part.backend(),
                all.stream().mapToLong(TenantFollowing::positionsBehind).sum(),
                all.stream()
                        .map(TenantFollowing::lag)
                        .max(Comparator.naturalOrder())
                        .orElse(Duration.ZERO),
                delivered.get(),
                all.stream().mapToInt(TenantFollowing::failures).max().orElse(0),
                failed.get(),
                all.stream()
                        .map(TenantFollowing::lastError)
                        .filter(error -> !error.isEmpty())
                        .findFirst()
                        .orElse(""),
                refusals,
                all.stream().allMatch(TenantFollowing::isHealthy));
    }

    /** Stops; what is being applied is finished. */
    @Override
    public void close() {
        closed.countDown();
        tenants.values().forEach(TenantFollowing::close);
    }

    // For the tenants' own work

    String name() {
        return part.backend();
    }

    Synchronization synchronization() {
        return part.synchronization();
    }

    ChangeFeed feed() {
        return feed;
    }

    Follower follower() {
        return follower;
    }

    /**
     * Applies states to the follower, and to the copy of it that is being built. Whoever read them
     * before that was begun finds none, and need not: it is filled by what the primary has later.
     */
    void apply(TenantContext tenant, List<Projection> projections, long through) {
        if (follower.canRebuild() && follower.isRebuilding(tenant)) {
            follower.applyRebuild(tenant, projections);
        }
        follower.apply(tenant, projections, through);
    }

    Projector projector() {
        return projector;
    }

    Semaphore places() {
        return places;
    }

    Duration toleratedLag() {
        return part.toleratedLag();
    }

    Instant now() {
        return clock.instant();
    }

    boolean isClosed() {
        return closed.getCount() == 0;
    }

    void delivered(int changes) {
        delivered.addAndGet(changes);
    }

    void failed() {
        failed.incrementAndGet();
    }

    void refused(TenantContext tenant, ResourceKey key, String reason) {
        LOG.log(
                Level.ERROR,
                "the follower ''{0}'' does not take {1} of tenant {2}, which searches will not"
                        + " find: {3}",
                part.backend(),
                key,
                tenant.tenant(),
                reason);
        synchronized (refused) {
            if (refused.size() < MOST_REFUSED) {
                refused.put(key, reason);
            }
        }
    }
}
