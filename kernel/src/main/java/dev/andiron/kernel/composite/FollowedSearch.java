package dev.andiron.kernel.composite;

import dev.andiron.kernel.backend.OpenBackend;
import dev.andiron.kernel.lent.MarkedCursor;
import dev.andiron.kernel.lent.QueryFeatures;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * Searches by a follower that has caught up; by the primary while the follower is behind and the
 * primary can, else it is refused for the moment. A cursor says who made it, and only that part
 * goes on from it.
 */
final class FollowedSearch implements SearchEngine {
    private static final byte BY_FOLLOWER = 0;
    private static final byte BY_PRIMARY = 1;
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final OpenBackend primary;
    private final OpenBackend follower;
    private final Following following;
    private final boolean waits;

    /**
     * @param waits whether a search finds everything that was acknowledged before it
     */
    FollowedSearch(OpenBackend primary, OpenBackend follower, Following following, boolean waits) {
        this.primary = primary;
        this.follower = follower;
        this.following = following;
        this.waits = waits;
    }

    @Override
    public SearchPage search(TenantContext tenant, Query query) {
        Optional<Byte> maker = MarkedCursor.of(query, BY_FOLLOWER, BY_PRIMARY);
        Query plain = MarkedCursor.unmarked(query);
        if (maker.isPresent() && maker.get() == BY_PRIMARY) {
            return byPrimary(
                    query, engine -> MarkedCursor.mark(engine.search(tenant, plain), BY_PRIMARY));
        }
        return ask(
                tenant,
                query,
                engine -> MarkedCursor.mark(engine.search(tenant, plain), BY_FOLLOWER),
                engine -> MarkedCursor.mark(engine.search(tenant, plain), BY_PRIMARY),
                maker.isEmpty());
    }

    @Override
    public long count(TenantContext tenant, Query query) {
        // A count is of all matches, wherever a page begins.
        Query plain =
                new Query(
                        query.types(),
                        query.criterion(),
                        query.sort(),
                        query.limit(),
                        Optional.empty(),
                        query.total());
        return ask(
                tenant,
                query,
                engine -> engine.count(tenant, plain),
                engine -> engine.count(tenant, plain),
                true);
    }

    @Override
    public String explain(TenantContext tenant, Query query) {
        FollowerState state = following.state();
        return "the follower '%s', %d positions and %d ms behind%n%s"
                .formatted(
                        follower.name(),
                        state.positions(),
                        state.lag().toMillis(),
                        engine(follower).explain(tenant, query));
    }

    private <T> T ask(
            TenantContext tenant,
            Query query,
            Function<SearchEngine, T> byFollower,
            Function<SearchEngine, T> byPrimary,
            boolean mayChange) {
        StorageException.Unavailable why;
        try {
            if (isCurrent(tenant)) {
                return byFollower.apply(engine(follower));
            }
            why = behind();
        } catch (StorageException.Unavailable unavailable) {
            // It may have lost its data, which is applied again as soon as that is known.
            following.doubt(tenant);
            why = unavailable;
        }
        if (mayChange && primaryTakes(query)) {
            return byPrimary.apply(engine(primary));
        }
        throw why;
    }

    private boolean isCurrent(TenantContext tenant) {
        if (!waits) {
            return following.state().isHealthy();
        }
        return following.await(tenant, primary.changes().orElseThrow().last(tenant));
    }

    private StorageException.Unavailable behind() {
        FollowerState state = following.state();
        String error = state.lastError().isEmpty() ? "" : ": " + state.lastError();
        return new StorageException.Unavailable(
                "the search index '%s' is %d ms behind%s"
                        .formatted(follower.name(), state.lag().toMillis(), error),
                RETRY,
                null);
    }

    private <T> T byPrimary(Query query, Function<SearchEngine, T> answer) {
        if (!primaryTakes(query)) {
            throw new IllegalArgumentException("the cursor belongs to another search");
        }
        return answer.apply(engine(primary));
    }

    private boolean primaryTakes(Query query) {
        return primary.search().isPresent()
                && primary.capabilities().search().containsAll(QueryFeatures.of(query));
    }

    private static SearchEngine engine(OpenBackend part) {
        return part.search().orElseThrow();
    }
}
