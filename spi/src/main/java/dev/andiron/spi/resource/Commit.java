package dev.andiron.spi.resource;

import dev.andiron.spi.StorageException;

import java.util.HashSet;
import java.util.List;
import java.util.function.ToLongFunction;

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

    /**
     * Refuses this commit unless its versions follow the current ones: all that a store without
     * search has to judge. Called while nobody else commits.
     *
     * @param current the current version of a resource, counting deletes; 0 if it never existed
     * @throws StorageException.PreconditionFailed if a resource has another version than expected
     * @throws StorageException.VersionConflict if a mutation's version is not the next one
     * @throws StorageException.NotSupported for preconditions that need a search or a change feed,
     *     and for search values by themselves
     */
    public void requireVersions(ToLongFunction<ResourceKey> current) {
        for (int i = 0; i < preconditions.size(); i++) {
            if (!(preconditions.get(i) instanceof Precondition.VersionIs expected)) {
                throw new StorageException.NotSupported(
                        "this store judges no condition but that of a version");
            }
            long found = current.applyAsLong(expected.key());
            if (found != expected.version()) {
                throw new StorageException.PreconditionFailed(
                        i, expected.key() + " is at version " + found + " now");
            }
        }
        for (Mutation mutation : mutations) {
            long found = current.applyAsLong(mutation.key());
            boolean follows =
                    switch (mutation) {
                        case Mutation.Put put -> put.resource().version() == found + 1;
                        case Mutation.Delete delete -> delete.resource().version() == found + 1;
                        case Mutation.Purge purge -> true;
                        case Mutation.Index index ->
                                throw new StorageException.NotSupported(
                                        "this store keeps no search values");
                    };
            if (!follows) {
                throw new StorageException.VersionConflict(mutation.key(), found);
            }
        }
    }

    /** A commit of one mutation without preconditions other than its version. */
    public static Commit of(Mutation mutation) {
        return new Commit(List.of(), List.of(mutation));
    }
}
