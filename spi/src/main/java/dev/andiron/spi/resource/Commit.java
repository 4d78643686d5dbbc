package dev.andiron.spi.resource;

import java.util.HashSet;
import java.util.List;

/**
 * The one way to write: mutations that are applied if all preconditions hold. No key occurs twice
 * among the mutations. Without mutations it only judges the preconditions.
 *
 * @param preconditions what must hold, judged before any mutation
 * @param mutations what changes, in this order in the change feed
 */
public record Commit(List<Precondition> preconditions, List<Mutation> mutations) {

    public Commit {
        preconditions = List.copyOf(preconditions);
        mutations = List.copyOf(mutations);
        if (mutations.size() > 1) {
            var keys = HashSet.<ResourceKey>newHashSet(mutations.size());
            for (Mutation mutation : mutations) {
                if (!keys.add(mutation.key())) {
                    throw new IllegalArgumentException(mutation.key() + " is changed twice");
                }
            }
        }
    }

    /** A commit of one mutation without preconditions other than its version. */
    public static Commit of(Mutation mutation) {
        return new Commit(List.of(), List.of(mutation));
    }
}
