package dev.andiron.postgres;

import dev.andiron.postgres.Session.SqlArray;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.job.Claim;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobCount;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobList;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.job.JobSubmission;
import dev.andiron.spi.job.Lease;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.job.WorkerId;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.sql.SqlStatement;
import dev.andiron.sql.job.JobRow;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Jobs in a table of the database. A claim locks the row that it takes and passes over rows that
 * others are taking; every later change names the lease.
 */
final class PostgresJobStore implements JobStore {
    private static final String SELECT = "SELECT " + JobRow.COLUMNS + " FROM jobs ";
    private static final String CLAIM =
            "WITH free AS (SELECT tenant AS free_tenant, id AS free_id FROM jobs"
                    + " WHERE kind = ANY (?) AND free_at IS NOT NULL AND free_at <= ?"
                    + " ORDER BY due, id LIMIT 1 FOR UPDATE SKIP LOCKED)"
                    + " UPDATE jobs SET state = ?, attempts = attempts + 1,"
                    + " started = coalesce(started, ?), worker = ?, token = token + 1, free_at = ?"
                    + " FROM free WHERE tenant = free_tenant AND id = free_id RETURNING "
                    + JobRow.COLUMNS
                    + ", token";
    private static final int ACCEPTED = JobRow.number(JobState.ACCEPTED);
    private static final int RUNNING = JobRow.number(JobState.RUNNING);

    private final Tables tables;
    private final InstantSource clock;

    PostgresJobStore(Tables tables, InstantSource clock) {
        this.tables = tables;
        this.clock = clock;
    }

    @Override
    public Job submit(TenantContext tenant, JobSubmission submission) {
        requireSize("the request", submission.request().length(), Job.MAX_DATA);
        String name = tenant.tenant().value();
        long now = clock.millis();
        // May be done twice, so it is repeated if the connection is lost.
        return tables.repeatably(
                Scope.of(tenant),
                session -> {
                    session.update(
                            "INSERT INTO jobs (tenant, id, kind, request, submitted, state,"
                                    + " attempts, due, done, progress, checkpoint, worker,"
                                    + " token, free_at) VALUES (?, ?, ?, ?, ?, ?, 0, ?, 0,"
                                    + " '', '', '', 0, ?) ON CONFLICT DO NOTHING",
                            name,
                            submission.id().value(),
                            submission.kind(),
                            submission.request().bytes(),
                            now,
                            ACCEPTED,
                            now,
                            now);
                    return read(session, name, submission.id()).orElseThrow();
                });
    }

    private static void requireSize(String what, int size, int most) {
        if (size > most) {
            throw new StorageException.TooLarge(
                    "%s of a job takes %d, not %d".formatted(what, most, size));
        }
    }

    private static Optional<Job> read(Session session, String tenant, JobId id)
            throws SQLException {
        return session.first(
                JobRow::read, SELECT + "WHERE tenant = ? AND id = ?", tenant, id.value());
    }

    @Override
    public Optional<Job> read(TenantContext tenant, JobId id) {
        return tables.repeatably(
                Scope.of(tenant), session -> read(session, tenant.tenant().value(), id));
    }

    @Override
    public List<Job> list(TenantContext tenant, JobList request) {
        var sql = new StringBuilder(SELECT).append("WHERE tenant = ?");
        var values = new ArrayList<Object>(List.of(tenant.tenant().value()));
        if (!request.kinds().isEmpty()) {
            sql.append(" AND kind IN (").append(marks(request.kinds())).append(')');
            values.addAll(request.kinds());
        }
        if (!request.states().isEmpty()) {
            sql.append(" AND state IN (").append(marks(request.states())).append(')');
            request.states().forEach(state -> values.add(JobRow.number(state)));
        }
        if (request.before().isPresent()) {
            sql.append(" AND (submitted, id) < (?, ?)");
            values.add(request.before().get().submitted().toEpochMilli());
            values.add(request.before().get().id().value());
        }
        sql.append(" ORDER BY submitted DESC, id DESC LIMIT ?");
        values.add(request.limit());
        return list(Scope.of(tenant), new SqlStatement(sql.toString(), values));
    }

    private List<Job> list(Scope scope, SqlStatement sql) {
        return tables.repeatably(scope, session -> session.list(sql, JobRow::read));
    }

    private static String marks(Collection<?> values) {
        return String.join(", ", Collections.nCopies(values.size(), "?"));
    }

    @Override
    public Optional<Job> cancel(TenantContext tenant, JobId id) {
        String name = tenant.tenant().value();
        long now = clock.millis();
        return write(
                Scope.of(tenant),
                session -> {
                    session.update(
                            "UPDATE jobs SET state = ?, ended = ?, free_at = NULL"
                                    + " WHERE tenant = ? AND id = ? AND ended IS NULL",
                            JobRow.number(JobState.CANCELLED),
                            now,
                            name,
                            id.value());
                    return read(session, name, id);
                });
    }

    /** Runs what may not be done twice. */
    private <T> T write(Scope scope, Database.Work<T> work) {
        try {
            return tables.once(scope, work);
        } catch (SQLException e) {
            throw PostgresErrors.isLostConnection(e) ? Committer.unknown(e) : PostgresErrors.of(e);
        }
    }

    @Override
    public boolean delete(TenantContext tenant, JobId id) {
        return write(
                Scope.of(tenant),
                session ->
                        session.update(
                                        "DELETE FROM jobs WHERE tenant = ? AND id = ?",
                                        tenant.tenant().value(),
                                        id.value())
                                > 0);
    }

    @Override
    public Optional<Claim> claim(WorkerId worker, Set<String> kinds, Duration duration) {
        if (kinds.isEmpty()) {
            return Optional.empty();
        }
        long now = clock.millis();
        long expires = now + duration.toMillis();
        return write(
                Scope.EVERYBODY,
                session ->
                        session.first(
                                row -> {
                                    Job job = JobRow.read(row);
                                    return new Claim(
                                            new Lease(
                                                    job.tenant(),
                                                    job.id(),
                                                    worker,
                                                    row.getLong(JobRow.COLUMN_COUNT + 1)),
                                            job,
                                            Instant.ofEpochMilli(expires));
                                },
                                CLAIM,
                                SqlArray.texts(List.copyOf(kinds)),
                                now,
                                RUNNING,
                                now,
                                worker.value(),
                                expires));
    }

    @Override
    public Instant heartbeat(Lease lease, Duration duration) {
        long expires = clock.millis() + duration.toMillis();
        change(lease, "free_at = ?", expires);
        return Instant.ofEpochMilli(expires);
    }

    /** Changes a job if this lease is held. */
    private void change(Lease lease, String assignments, Object... values) {
        var all = new ArrayList<>(Arrays.asList(values));
        all.addAll(
                List.of(
                        lease.tenant().value(),
                        lease.job().value(),
                        RUNNING,
                        lease.worker().value(),
                        lease.token()));
        String sql =
                "UPDATE jobs SET "
                        + assignments
                        + " WHERE tenant = ? AND id = ? AND state = ? AND worker = ?"
                        + " AND token = ?";
        int changed =
                write(
                        new Scope(lease.tenant().value(), 0),
                        session -> {
                            try (var statement = session.bind(sql, all)) {
                                return statement.executeUpdate();
                            }
                        });
        if (changed == 0) {
            throw new StorageException.LeaseLost(
                    "the lease of job %s is no longer held".formatted(lease.job()));
        }
    }

    @Override
    public void checkpoint(Lease lease, Progress progress, Json checkpoint) {
        requireSize("the checkpoint", checkpoint.length(), Job.MAX_DATA);
        change(
                lease,
                "done = ?, total = ?, progress = ?, checkpoint = ?",
                progress.done(),
                nullable(progress.total()),
                progress.text(),
                checkpoint.bytes());
    }

    private static Long nullable(OptionalLong value) {
        return value.isPresent() ? (Long) value.getAsLong() : null;
    }

    @Override
    public void release(Lease lease) {
        long now = clock.millis();
        change(
                lease,
                "state = ?, attempts = attempts - 1, due = ?, free_at = ?",
                ACCEPTED,
                now,
                now);
    }

    @Override
    public void putOff(Lease lease, String failure, Instant due) {
        requireSize("the failure", failure.length(), Job.MAX_FAILURE);
        long time = due.toEpochMilli();
        change(
                lease,
                "state = ?, due = ?, free_at = ?, failure = ?",
                ACCEPTED,
                time,
                time,
                failure);
    }

    @Override
    public void finish(Lease lease, Progress progress, Json result) {
        requireSize("the result", result.length(), Job.MAX_DATA);
        change(
                lease,
                "state = ?, ended = ?, free_at = NULL, done = ?, total = ?, progress = ?,"
                        + " result = ?",
                JobRow.number(JobState.COMPLETED),
                clock.millis(),
                progress.done(),
                nullable(progress.total()),
                progress.text(),
                result.bytes());
    }

    @Override
    public void fail(Lease lease, String failure) {
        requireSize("the failure", failure.length(), Job.MAX_FAILURE);
        change(
                lease,
                "state = ?, ended = ?, free_at = NULL, failure = ?",
                JobRow.number(JobState.FAILED),
                clock.millis(),
                failure);
    }

    @Override
    public List<Job> endedBefore(Instant time, int limit) {
        return list(
                Scope.EVERYBODY,
                new SqlStatement(
                        SELECT + "WHERE ended IS NOT NULL AND ended < ? ORDER BY ended LIMIT ?",
                        List.of(time.toEpochMilli(), limit)));
    }

    @Override
    public List<JobCount> counts() {
        return tables.repeatably(
                Scope.EVERYBODY,
                session ->
                        session.list(
                                row ->
                                        new JobCount(
                                                row.getString(1),
                                                JobRow.state(row.getInt(2)),
                                                row.getLong(3)),
                                "SELECT kind, state, count(*) FROM jobs GROUP BY kind, state"));
    }
}
