package dev.andiron.sqlite;

import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.sql.IndexEntry;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A commit on its way to the writer. All that needs no database has been done by the caller's own
 * thread: bodies are compressed, search values are index rows.
 */
final class PendingCommit extends PendingWrite<CommitResult> {
    private final String tenant;
    private final Commit commit;
    private final List<Prepared> mutations;
    private final List<BodyCache.Key> changes;
    private final long bytes;

    /**
     * A mutation with its compressed body and its index rows, both empty for a delete and a purge.
     *
     * @param mutation what the caller wants
     */
    record Prepared(Mutation mutation, BodyCodec.Body body, List<IndexEntry> entries) {}

    PendingCommit(String tenant, Commit commit, BodyCodec codec) {
        this.tenant = tenant;
        this.commit = commit;
        mutations = new ArrayList<>(commit.mutations().size());
        long size = 0;
        for (Mutation mutation : commit.mutations()) {
            switch (mutation) {
                case Mutation.Put put -> {
                    var body = codec.compress(preamble(put.resource()), put.resource().content());
                    size += body.content().length;
                    mutations.add(new Prepared(put, body, IndexEntry.of(put.searchValues())));
                }
                case Mutation.Index index ->
                        mutations.add(
                                new Prepared(
                                        index,
                                        BodyCodec.Body.NONE,
                                        IndexEntry.of(index.searchValues())));
                case Mutation.Delete _, Mutation.Purge _ ->
                        mutations.add(new Prepared(mutation, BodyCodec.Body.NONE, List.of()));
            }
        }
        bytes = size;
        changes = changes(tenant, commit);
    }

    private static Preamble preamble(StoredResource resource) {
        return new Preamble(
                resource.key().type(),
                resource.key().id(),
                resource.version(),
                resource.lastUpdated().toEpochMilli());
    }

    String tenant() {
        return tenant;
    }

    Commit commit() {
        return commit;
    }

    List<Prepared> mutations() {
        return mutations;
    }

    @Override
    long bytes() {
        return bytes;
    }

    @Override
    List<BodyCache.Key> changes() {
        return changes;
    }

    private static List<BodyCache.Key> changes(String tenant, Commit commit) {
        var changes = new ArrayList<BodyCache.Key>(commit.mutations().size());
        for (Mutation mutation : commit.mutations()) {
            switch (mutation) {
                case Mutation.Put _, Mutation.Delete _, Mutation.Purge _ ->
                        changes.add(new BodyCache.Key(tenant, mutation.key()));
                case Mutation.Index _ -> {
                    // It is found by other values, and is the same.
                }
            }
        }
        return changes;
    }

    @Override
    CommitResult apply(WriteTransaction transaction) throws SQLException {
        return transaction.apply(this);
    }
}
