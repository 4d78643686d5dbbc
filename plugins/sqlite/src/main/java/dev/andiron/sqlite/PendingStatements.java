package dev.andiron.sqlite;

import java.sql.SQLException;
import java.util.List;

/**
 * Statements about tables that commits do not touch, in the writer's transaction.
 *
 * @param <T> what the caller gets
 */
final class PendingStatements<T> extends PendingWrite<T> {
    private final long bytes;
    private final ReadPool.Work<T> work;

    PendingStatements(long bytes, ReadPool.Work<T> work) {
        this.bytes = bytes;
        this.work = work;
    }

    @Override
    long bytes() {
        return bytes;
    }

    @Override
    List<BodyCache.Key> changes() {
        return List.of();
    }

    @Override
    T apply(WriteTransaction transaction) throws SQLException {
        return transaction.run(work);
    }
}
