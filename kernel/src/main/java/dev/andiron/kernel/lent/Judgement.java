package dev.andiron.kernel.lent;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.tenant.TenantContext;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Judges the criteria of commits in place of a store that does not search. They are judged by a
 * search that has everything up to a position by then; the commit then carries the precondition
 * that nothing of the types in question was changed since, so the judgement holds at the moment of
 * the commit, whoever writes meanwhile.
 */
final class Judgement {
    private static final int MOST_ATTEMPTS = 50;
    private static final long LONGEST_PAUSE_NANOS = 50_000_000;

    private final ChangeFeed feed;
    private final SearchEngine search;

    /**
     * @param search finds everything that was committed before it is asked
     */
    Judgement(ChangeFeed feed, SearchEngine search) {
        this.feed = feed;
        this.search = search;
    }

    static boolean isNeeded(Commit commit) {
        return commit.preconditions().stream().anyMatch(Judgement::hasCriteria);
    }

    private static boolean hasCriteria(Precondition precondition) {
        return switch (precondition) {
            case Precondition.NoMatch _, Precondition.OnlyMatch _ -> true;
            case Precondition.VersionIs _, Precondition.Unchanged _ -> false;
        };
    }

    /** Commits with the criteria judged, again if somebody changed one of the types meanwhile. */
    CommitResult commit(ResourceStore store, TenantContext tenant, Commit commit) {
        for (int attempt = 1; ; attempt++) {
            Commit judged = new Commit(judged(tenant, commit, last(tenant)), commit.mutations());
            try {
                return store.commit(tenant, judged);
            } catch (StorageException.PreconditionFailed failure) {
                if (attempt == MOST_ATTEMPTS || !isOvertaken(commit, failure)) {
                    throw failure;
                }
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE_NANOS));
            }
        }
    }

    /** Whether what failed is that somebody changed one of the types since the judgement. */
    private static boolean isOvertaken(Commit commit, StorageException.PreconditionFailed failure) {
        return hasCriteria(commit.preconditions().get(failure.index()));
    }

    /** The position up to which a search that is asked now has everything. */
    long last(TenantContext tenant) {
        return feed.last(tenant);
    }

    /**
     * The conditions of a commit with its criteria judged, side by side, since each may have to
     * wait for a store that is far away.
     *
     * @param since a position that {@link #last} gave
     * @throws StorageException.PreconditionFailed if one does not hold
     */
    List<Precondition> judged(TenantContext tenant, Commit commit, long since) {
        List<Precondition> preconditions = commit.preconditions();
        if (preconditions.stream().filter(Judgement::hasCriteria).limit(2).count() < 2) {
            return IntStream.range(0, preconditions.size())
                    .mapToObj(i -> judged(tenant, i, preconditions.get(i), since))
                    .toList();
        }
        return SideBySide.map(
                IntStream.range(0, preconditions.size()).boxed().toList(),
                i -> judged(tenant, i, preconditions.get(i), since));
    }

    private Precondition judged(
            TenantContext tenant, int index, Precondition precondition, long since) {
        judge(search, tenant, index, precondition);
        return switch (precondition) {
            case Precondition.NoMatch(var type, var criterion) ->
                    new Precondition.Unchanged(TouchedTypes.of(type, criterion), since);
            case Precondition.OnlyMatch(var criterion, var key) ->
                    new Precondition.Unchanged(TouchedTypes.of(key.type(), criterion), since);
            case Precondition.VersionIs is -> is;
            case Precondition.Unchanged unchanged -> unchanged;
        };
    }

    /**
     * Judges criteria by a search.
     *
     * @return whether there are any; other conditions are the store's
     * @throws StorageException.PreconditionFailed if they do not hold
     */
    static boolean judge(
            SearchEngine search, TenantContext tenant, int index, Precondition precondition) {
        return switch (precondition) {
            case Precondition.NoMatch(var type, var criterion) -> {
                if (!search.search(tenant, Query.of(type, criterion, 1)).hits().isEmpty()) {
                    throw failed(index, "a %s matches".formatted(type));
                }
                yield true;
            }
            case Precondition.OnlyMatch(var criterion, var key) -> {
                List<Hit> hits = search.search(tenant, Query.of(key.type(), criterion, 2)).hits();
                if (hits.size() > 1) {
                    throw failed(index, "several resources of type %s match".formatted(key.type()));
                }
                if (hits.isEmpty() || !hits.getFirst().key().equals(key)) {
                    throw failed(index, "%s is not what matches".formatted(key));
                }
                yield true;
            }
            case Precondition.VersionIs _, Precondition.Unchanged _ -> false;
        };
    }

    private static StorageException failed(int index, String message) {
        return new StorageException.PreconditionFailed(index, message);
    }
}
