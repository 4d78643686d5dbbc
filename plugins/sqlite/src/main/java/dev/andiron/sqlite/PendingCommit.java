package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.sql.IndexEntry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A commit on its way to the writer. All that needs no database has been done by the caller's own
 * thread: bodies are compressed, search values are index rows.
 */
final class PendingCommit {
    private final String tenant;
    private final Commit commit;
    private final List<Prepared> mutations;
    private final long bytes;
    private final CompletableFuture<CommitResult> outcome = new CompletableFuture<>();

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
                    var body = codec.compress(put.resource().content());
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

    long bytes() {
        return bytes;
    }

    void succeed(CommitResult result) {
        outcome.complete(result);
    }

    void fail(StorageException exception) {
        outcome.completeExceptionally(exception);
    }

    /** Waits for the writer's answer. */
    CommitResult await() throws InterruptedException {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException exception) {
                throw exception;
            }
            throw new StorageException.Internal("the commit failed", e.getCause());
        }
    }
}
