package dev.andiron.kernel.composite;

import dev.andiron.kernel.backend.OpenBackend;
import dev.andiron.kernel.lent.JudgedStore;
import dev.andiron.kernel.lent.ValueExtraction;
import dev.andiron.spi.Backend;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Health;
import dev.andiron.spi.composite.Composition;
import dev.andiron.spi.composite.Synchronization;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Backends put together: one holds the truth, one follows it and searches. Closing it stops the
 * following; the parts are closed by who opened them.
 */
public final class Composite implements Backend {
    /** How often to look for commits of other nodes. */
    private static final Duration SHARED = Duration.ofMillis(500);

    /** The only node is woken by its own commits. */
    private static final Duration ALONE = Duration.ofSeconds(30);

    private final OpenBackend primary;
    private final Following following;
    private final OpenBackend opened;
    private final Reconciliation reconciliation;
    private final Rebuild rebuild;

    private Composite(
            String name,
            String plugin,
            OpenBackend primary,
            OpenBackend follower,
            Composition.Part part,
            ValueExtraction extraction,
            InstantSource clock) {
        this.primary = primary;
        Capabilities declared = capabilities(primary.capabilities(), follower.capabilities());
        Set<SearchFeature> features = declared.search();
        var recent = new RecentValues();
        var projector = new Projector(extraction, recent, features);
        var feed = primary.changes().orElseThrow();
        following =
                new Following(
                        part,
                        feed,
                        follower.follower().orElseThrow(),
                        projector,
                        clock,
                        primary.capabilities().shared() ? SHARED : ALONE);
        var current = new FollowedSearch(primary, follower, following, true);
        boolean waits = part.synchronization() != Synchronization.ASYNCHRONOUS;
        var store = primary.resources().orElseThrow();
        var parts =
                new CompositeParts(
                        primary.search().isPresent()
                                ? store
                                : new JudgedStore(store, feed, current, extraction, features),
                        feed,
                        primary.search().isPresent(),
                        List.of(following),
                        recent);
        var estimate = new Estimate(store, follower.search().orElseThrow());
        reconciliation = new Reconciliation(store, estimate, feed, following, projector);
        rebuild = new Rebuild(store, estimate, feed, following, projector);
        opened =
                new OpenBackend(
                        name,
                        plugin,
                        declared,
                        this,
                        Optional.of(new FollowedStore(parts)),
                        primary.versions(),
                        primary.history(),
                        primary.changes(),
                        Optional.of(
                                waits
                                        ? current
                                        : new FollowedSearch(primary, follower, following, false)),
                        // A primary that searches is never behind: nobody has to wait for what the
                        // server looks up while it writes.
                        primary.search().or(() -> Optional.of(current)),
                        Optional.empty(),
                        primary.views().map(views -> new PrimaryViews(primary.name(), views)),
                        viewFilters(primary, features),
                        primary.sqlQueries(),
                        primary.jobs(),
                        primary.blobs());
    }

    /**
     * Puts opened parts together; the following begins with {@link #start()}.
     *
     * @param name the configured name of the composite
     * @param plugin the name of its plugin
     * @param parts the opened backends by name, those of the composition among them
     * @param extraction the search values of what the primary holds
     * @throws IllegalArgumentException if a part cannot do what its role asks; the message says so
     */
    public static Composite of(
            String name,
            String plugin,
            Composition composition,
            Map<String, OpenBackend> parts,
            ValueExtraction extraction,
            InstantSource clock) {
        if (composition.followers().size() != 1) {
            throw new IllegalArgumentException(
                    "a composite has one follower, not " + composition.followers().size());
        }
        OpenBackend primary = parts.get(composition.primary());
        Composition.Part part = composition.followers().getFirst();
        OpenBackend follower = parts.get(part.backend());
        if (primary.resources().isEmpty() || primary.changes().isEmpty()) {
            throw new IllegalArgumentException(
                    "its primary '%s' has no change feed to be followed by"
                            .formatted(primary.name()));
        }
        if (follower.follower().isEmpty()) {
            throw new IllegalArgumentException(
                    "'%s' cannot follow another backend".formatted(follower.name()));
        }
        return new Composite(name, plugin, primary, follower, part, extraction, clock);
    }

    /**
     * What a composite of parts can do: everything but search is the primary's. Where the primary
     * searches, too, it judges the conditions of commits and stands in for the follower, so what it
     * does not take is not declared.
     */
    public static Capabilities capabilities(Capabilities primary, Capabilities follower) {
        var search = new HashSet<>(follower.search());
        if (!primary.search().isEmpty()) {
            search.retainAll(primary.search());
        }
        var all =
                Capabilities.builder()
                        .history(primary.history())
                        .atomicity(primary.atomicity())
                        .changeFeed()
                        .search(search)
                        .claims(primary.claims())
                        .writeConcurrency(primary.writeConcurrency());
        if (primary.versioning()) {
            all.versioning();
        }
        if (primary.nativeViews()) {
            all.nativeViews();
        }
        if (primary.sqlQueries()) {
            all.sqlQueries();
        }
        if (primary.blobs()) {
            all.blobs();
        }
        if (primary.shared() && follower.shared()) {
            all.shared();
        }
        return all.build();
    }

    /** Values that only others search by are not written. */
    private static Set<SearchFeature> viewFilters(OpenBackend primary, Set<SearchFeature> written) {
        var filters = new HashSet<>(primary.viewFilters());
        filters.retainAll(written);
        return filters;
    }

    /** Begins to follow. */
    public void start() {
        following.start();
    }

    /** The composite as a backend like others. */
    public OpenBackend opened() {
        return opened;
    }

    /** How the followers are doing. */
    public List<FollowerState> followers() {
        return List.of(following.state());
    }

    /**
     * The position of the primary's changes through which searches of a tenant can find them, as
     * far as this node knows.
     */
    public long applied(TenantContext tenant) {
        return following.applied(tenant);
    }

    /** Compares the follower with the primary. */
    public Reconciliation reconciliation() {
        return reconciliation;
    }

    /** The tenants that the primary knows, in order; see {@link ChangeFeed#tenants}. */
    public List<TenantId> tenants(String after, int limit) {
        return primary.changes().orElseThrow().tenants(after, limit);
    }

    /** Builds the follower's data anew. */
    public Rebuild rebuild() {
        return rebuild;
    }

    @Override
    public Health health() {
        Health health = primary.backend().health();
        if (!(health instanceof Health.Up)) {
            return health;
        }
        FollowerState state = following.state();
        if (!state.isHealthy()) {
            return new Health.Degraded(
                    "the follower '%s' is %d positions and %d s behind%s"
                            .formatted(
                                    state.backend(),
                                    state.positions(),
                                    state.lag().toSeconds(),
                                    state.lastError().isEmpty() ? "" : ": " + state.lastError()));
        }
        if (!state.refused().isEmpty()) {
            return new Health.Degraded(
                    "the follower '%s' does not take %s"
                            .formatted(state.backend(), state.refused().keySet()));
        }
        return health;
    }

    @Override
    public void close() {
        following.close();
    }
}
