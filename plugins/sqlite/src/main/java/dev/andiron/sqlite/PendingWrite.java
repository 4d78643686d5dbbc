package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Something on its way to the writer, whose caller waits.
 *
 * @param <T> what the caller gets
 */
abstract class PendingWrite<T> {
    private final CompletableFuture<T> outcome = new CompletableFuture<>();

    /** About how many bytes it writes. */
    abstract long bytes();

    /** The resources that read otherwise when it has been written. */
    abstract List<BodyCache.Key> changes();

    /**
     * Takes part in a transaction; for the writer's thread.
     *
     * @throws StorageException if it is refused; nothing of it has been taken in
     */
    abstract T apply(WriteTransaction transaction) throws SQLException;

    final void succeed(T result) {
        outcome.complete(result);
    }

    final void fail(StorageException exception) {
        outcome.completeExceptionally(exception);
    }

    /** Waits for the writer's answer. */
    final T await() throws InterruptedException {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException exception) {
                throw exception;
            }
            throw new StorageException.Internal("the write failed", e.getCause());
        }
    }
}
