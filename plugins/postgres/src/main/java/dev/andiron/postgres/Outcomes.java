package dev.andiron.postgres;

import dev.andiron.postgres.Committer.Attempt;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;

import java.sql.SQLException;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Finds out whether a commit happened whose connection was lost. First the server's process that it
 * ran in is ended and waited for, so that it cannot happen afterwards; then the mark of the commit
 * is looked for. Safe for use by many threads.
 */
final class Outcomes {
    private static final String END =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE pid = ? AND application_name = ?";
    private static final String WRITTEN =
            "SELECT v.position FROM kinds k"
                    + " JOIN resources r ON r.tenant = k.tenant AND r.kind = k.id"
                    + " JOIN versions v ON v.tenant = r.tenant AND v.resource = r.id"
                    + " WHERE k.tenant = ? AND k.type = ? AND r.logical_id = ?"
                    + " AND v.version = ? AND v.token = ?";
    private static final String PURGED =
            "SELECT v.position FROM kinds k"
                    + " JOIN versions v ON v.tenant = k.tenant AND v.kind = k.id"
                    + " WHERE k.tenant = ? AND k.type = ? AND v.purged_id = ? AND v.token = ?";
    private static final String LAST_OF =
            "SELECT max(position) FROM versions"
                    + " WHERE tenant = ? AND position >= ? AND position < ? AND token = ?";

    private static final int LOOKS = 100;
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

    private Outcomes() {}

    /**
     * The position of the commit, or empty if it did not happen and never will.
     *
     * @throws StorageException.Unavailable if that cannot be found out
     */
    static OptionalLong of(Place place, Commit commit, Attempt attempt, SQLException lost) {
        try {
            return place.repeatably(
                    session -> {
                        String application = place.tables().database().application();
                        awaitEnd(session, attempt.backend(), application, lost);
                        return position(session, place.number(), commit, attempt.token());
                    });
        } catch (StorageException e) {
            e.addSuppressed(lost);
            throw Committer.unknown(e);
        }
    }

    private static void awaitEnd(
            Session session, int backend, String application, SQLException lost)
            throws SQLException {
        for (int look = 0; look < LOOKS; look++) {
            if (session.first(row -> true, END, backend, application).isEmpty()) {
                return;
            }
            LockSupport.parkNanos(PAUSE);
        }
        throw Committer.unknown(lost);
    }

    private static OptionalLong position(Session session, int tenant, Commit commit, long token)
            throws SQLException {
        for (Mutation mutation : commit.mutations()) {
            ResourceKey key = mutation.key();
            var position =
                    switch (mutation) {
                        case Mutation.Put put ->
                                session.number(
                                        WRITTEN,
                                        tenant,
                                        key.type(),
                                        key.id(),
                                        put.resource().version(),
                                        token);
                        case Mutation.Delete delete ->
                                session.number(
                                        WRITTEN,
                                        tenant,
                                        key.type(),
                                        key.id(),
                                        delete.resource().version(),
                                        token);
                        case Mutation.Purge _ ->
                                session.number(PURGED, tenant, key.type(), key.id(), token);
                        // Leaves no mark, and may be done again.
                        case Mutation.Index _ -> OptionalLong.empty();
                    };
            if (position.isPresent()) {
                long first = position.getAsLong() >> 20 << 20;
                return session.number(LAST_OF, tenant, first, first + (1 << 20), token);
            }
            if (!(mutation instanceof Mutation.Index)) {
                return OptionalLong.empty();
            }
        }
        return OptionalLong.empty();
    }
}
