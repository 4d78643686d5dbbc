package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Judges commits one after the other, each against a snapshot and the commits before it that were
 * found good. Used by one thread.
 */
final class Judge {
    private final Snapshot snapshot;
    private final Map<ResourceKey, Long> changed = new HashMap<>();

    Judge(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /**
     * Takes a commit in.
     *
     * @throws StorageException if it does not hold, and then nothing of it counts
     */
    void judge(Commit commit) {
        for (int i = 0; i < commit.preconditions().size(); i++) {
            judge(i, commit.preconditions().get(i));
        }
        for (Mutation mutation : commit.mutations()) {
            switch (mutation) {
                case Mutation.Put put -> requireNext(put.key(), put.resource().version());
                case Mutation.Delete delete ->
                        requireNext(delete.key(), delete.resource().version());
                case Mutation.Purge _ -> {}
                case Mutation.Index _ ->
                        throw new StorageException.NotSupported(
                                "the S3 plugin keeps no search values");
            }
        }
        for (Mutation mutation : commit.mutations()) {
            changed.put(mutation.key(), version(mutation));
        }
    }

    private static long version(Mutation mutation) {
        return switch (mutation) {
            case Mutation.Put put -> put.resource().version();
            case Mutation.Delete delete -> delete.resource().version();
            case Mutation.Purge _ -> 0;
            case Mutation.Index index -> index.version();
        };
    }

    private void judge(int index, Precondition precondition) {
        switch (precondition) {
            case Precondition.VersionIs is -> {
                long current = current(is.key());
                if (current != is.version()) {
                    throw new StorageException.PreconditionFailed(
                            index, is.key() + " is at version " + current + " now");
                }
            }
            case Precondition.Unchanged(Set<String> types, long since) -> {
                boolean isChanged =
                        Stream.concat(
                                        snapshot.after(since, segment -> mayHave(segment, types))
                                                .map(LogRecord::key),
                                        changed.keySet().stream())
                                .anyMatch(key -> types.isEmpty() || types.contains(key.type()));
                if (isChanged) {
                    throw new StorageException.PreconditionFailed(
                            index, "something was changed since position " + since);
                }
            }
            case Precondition.NoMatch _, Precondition.OnlyMatch _ ->
                    throw new StorageException.NotSupported(
                            "the S3 plugin does not search, so it cannot hold a commit to what"
                                    + " matches");
        }
    }

    private static boolean mayHave(Segment segment, Set<String> types) {
        return types.isEmpty() || segment.types().stream().anyMatch(types::contains);
    }

    private void requireNext(ResourceKey key, long version) {
        long current = current(key);
        if (version != current + 1) {
            throw new StorageException.VersionConflict(key, current);
        }
    }

    private long current(ResourceKey key) {
        Long here = changed.get(key);
        return here != null ? here : snapshot.current(key).map(LogRecord::version).orElse(0L);
    }
}
