package dev.andiron.postgres;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.tenant.TenantContext;

import org.postgresql.PGConnection;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Applies commits: one call of the database where nothing is to be searched for. What others
 * interrupt is tried again a few times; what a lost connection leaves open is looked up before
 * anything is answered. Safe for use by many threads.
 */
final class Committer {
    private static final int TRIES = 5;
    private static final int MOST_MUTATIONS = (1 << 20) - 1;
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int ARGUMENTS = 50;
    private static final String APPLY =
            "SELECT * FROM apply_changes(" + "?, ".repeat(ARGUMENTS - 1) + "?)";

    private final Tenants tenants;
    private final Numbers numbers;
    private final Spans spans = new Spans();
    private final Judge judge;
    private final Statistics statistics = new Statistics();

    Committer(Tenants tenants) {
        this.tenants = tenants;
        numbers = tenants.numbers();
        judge = new Judge(numbers);
    }

    /** One try: how it is recognised, and how far it came. */
    static final class Attempt {
        private final long token = ThreadLocalRandom.current().nextLong();
        private int backend;
        private boolean sent;

        /** What the versions of this try are marked with. */
        long token() {
            return token;
        }

        /** The server's process that the try runs in. */
        int backend() {
            return backend;
        }
    }

    CommitResult commit(TenantContext context, Commit commit) {
        if (commit.mutations().size() > MOST_MUTATIONS) {
            throw new StorageException.TooLarge(
                    "a commit has at most %d mutations".formatted(MOST_MUTATIONS));
        }
        Place place = tenants.ensure(context);
        for (int tries = 1; ; tries++) {
            var attempt = new Attempt();
            try {
                var result = place.once(session -> attempt(session, place, commit, attempt));
                statistics.wrote(place, commit.mutations().size());
                return result;
            } catch (SQLException e) {
                if (PostgresErrors.isInterruption(e)) {
                    if (attempt.sent) {
                        var happened = Outcomes.of(place, commit, attempt, e);
                        if (happened.isPresent()) {
                            return new CommitResult(happened.getAsLong());
                        }
                    }
                } else if (!PostgresErrors.isRace(e)) {
                    throw PostgresErrors.of(e);
                }
                if (tries == TRIES) {
                    throw PostgresErrors.of(e);
                }
                LockSupport.parkNanos(
                        TimeUnit.MILLISECONDS.toNanos(
                                ThreadLocalRandom.current().nextInt(5, 20 << tries)));
            }
        }
    }

    private CommitResult attempt(Session session, Place place, Commit commit, Attempt attempt)
            throws SQLException {
        int tenant = place.number();
        attempt.backend = session.connection().unwrap(PGConnection.class).getBackendPID();
        var preconditions = unclear(commit);
        var locks = TypeLocks.of(place.tables().schema(), tenant, commit, preconditions);
        var rows = new CommitRows(session, numbers, spans, tenant, commit.mutations());
        if (preconditions.isEmpty()) {
            attempt.sent = true;
            return apply(session, place, locks, rows, commit, attempt);
        }
        session.begin();
        session.first(row -> true, "SELECT lock_types(?, ?)", locks.keys(), locks.exclusive());
        judge.judge(session, tenant, commit.preconditions());
        var result = apply(session, place, locks, rows, commit, attempt);
        attempt.sent = true;
        session.commit();
        return result;
    }

    /** Those preconditions that the versions of the mutations do not say already. */
    private static List<Precondition> unclear(Commit commit) {
        var unclear = new ArrayList<Precondition>();
        for (Precondition precondition : commit.preconditions()) {
            if (!(precondition instanceof Precondition.VersionIs is) || !follows(commit, is)) {
                unclear.add(precondition);
            }
        }
        return unclear;
    }

    private static boolean follows(Commit commit, Precondition.VersionIs is) {
        return commit.mutations().stream()
                .anyMatch(
                        mutation ->
                                mutation.key().equals(is.key())
                                        && version(mutation) == is.version() + 1);
    }

    private static long version(Mutation mutation) {
        return switch (mutation) {
            case Mutation.Put put -> put.resource().version();
            case Mutation.Delete delete -> delete.resource().version();
            case Mutation.Purge _, Mutation.Index _ -> 0;
        };
    }

    private CommitResult apply(
            Session session,
            Place place,
            TypeLocks locks,
            CommitRows rows,
            Commit commit,
            Attempt attempt)
            throws SQLException {
        var arguments = new ArrayList<Object>();
        arguments.add(place.number());
        arguments.add(place.announcement());
        arguments.add(attempt.token());
        arguments.add(locks.keys());
        arguments.add(locks.exclusive());
        arguments.addAll(rows.arguments());
        try (var statement = session.bind(APPLY, arguments);
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                throw new StorageException.Internal("a commit gave no answer", null);
            }
            int conflicting = row.getInt(2);
            if (conflicting > 0) {
                throw new StorageException.VersionConflict(
                        commit.mutations().get(conflicting - 1).key(), row.getLong(3));
            }
            return new CommitResult(row.getLong(1));
        }
    }

    static StorageException.Unavailable unknown(Exception error) {
        return new StorageException.Unavailable(
                "the connection was lost while the commit was made, and whether it was is not"
                        + " known",
                SOON,
                true,
                error);
    }
}
