package dev.andiron.spi.resource;

import dev.andiron.spi.search.Criterion;

import java.util.Set;

/**
 * What must hold at the moment of a commit, judged against the state just before it. A store that
 * cannot judge one kind refuses it by {@link dev.andiron.spi.StorageException.NotSupported}; one
 * whose backend searches judges every criterion that the search takes. When several do not hold,
 * any of them may be named, and when a version conflicts as well, that may be named instead.
 */
public sealed interface Precondition {

    /**
     * The resource's current version (counting deletes) is this one; 0 means that it never existed.
     */
    record VersionIs(ResourceKey key, long version) implements Precondition {}

    /** No live resource of the type matches: what a conditional create relies on. */
    record NoMatch(String type, Criterion criterion) implements Precondition {}

    /**
     * Exactly one live resource of the type matches, and it is this one: what a conditional update
     * and a conditional reference rely on.
     */
    record OnlyMatch(Criterion criterion, ResourceKey key) implements Precondition {}

    /**
     * No resource of these types was changed since a position of the change feed. Asked of a
     * primary that does not search: its composite lets a follower judge the criteria as of that
     * position, and this keeps the judgement true until the commit.
     *
     * @param types the types; empty means all
     * @param since a position that {@link ChangeFeed#last} gave; only changes behind it count
     */
    record Unchanged(Set<String> types, long since) implements Precondition {
        public Unchanged {
            types = Set.copyOf(types);
        }
    }
}
