package dev.andiron.postgres;

import dev.andiron.postgres.Session.SqlArray;
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
import dev.andiron.sql.job.JobStatements;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Jobs in a table of the database. A claim locks the row that it takes and passes over rows that
 * others are taking; every later change names the lease.
 */
final class PostgresJobStore implements JobStore {
    private static final String CLAIM =
            "WITH free AS (SELECT tenant AS free_tenant, id AS free_id FROM jobs"
                    + " WHERE kind = ANY (?) AND free_at IS NOT NULL AND free_at <= ?"
                    + " ORDER BY due, id LIMIT 1 FOR UPDATE SKIP LOCKED)"
                    + " UPDATE jobs SET state = ?, attempts = attempts + 1,"
                    + " started = coalesce(started, ?), worker = ?, token = token + 1, free_at = ?"
                    + " FROM free WHERE tenant = free_tenant AND id = free_id RETURNING "
                    + JobRow.COLUMNS
                    + ", token";

    private final Tables tables;
    private final InstantSource clock;

    PostgresJobStore(Tables tables, InstantSource clock) {
        this.tables = tables;
        this.clock = clock;
    }

    @Override
    public Job submit(TenantContext tenant, JobSubmission submission) {
        SqlStatement insert = JobStatements.submit(tenant, submission, clock.millis());
        // May be done twice, so it is repeated if the connection is lost.
        return tables.repeatably(
                Scope.of(tenant),
                session -> {
                    session.update(insert);
                    return session.first(JobStatements.read(tenant, submission.id()), JobRow::read)
                            .orElseThrow();
                });
    }

    @Override
    public Optional<Job> read(TenantContext tenant, JobId id) {
        SqlStatement read = JobStatements.read(tenant, id);
        return tables.repeatably(Scope.of(tenant), session -> session.first(read, JobRow::read));
    }

    @Override
    public List<Job> list(TenantContext tenant, JobList request) {
        return list(Scope.of(tenant), JobStatements.list(tenant, request));
    }

    private List<Job> list(Scope scope, SqlStatement sql) {
        return tables.repeatably(scope, session -> session.list(sql, JobRow::read));
    }

    @Override
    public Optional<Job> cancel(TenantContext tenant, JobId id) {
        SqlStatement cancel = JobStatements.cancel(tenant, id, clock.millis());
        return write(
                Scope.of(tenant),
                session -> {
                    session.update(cancel);
                    return session.first(JobStatements.read(tenant, id), JobRow::read);
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
        SqlStatement delete = JobStatements.delete(tenant, id);
        return write(Scope.of(tenant), session -> session.update(delete) > 0);
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
                                row -> claim(row, worker, expires),
                                CLAIM,
                                SqlArray.texts(List.copyOf(kinds)),
                                now,
                                JobRow.number(JobState.RUNNING),
                                now,
                                worker.value(),
                                expires));
    }

    private static Claim claim(ResultSet row, WorkerId worker, long expires) throws SQLException {
        Job job = JobRow.read(row);
        long token = row.getLong(JobRow.COLUMN_COUNT + 1);
        return new Claim(
                new Lease(job.tenant(), job.id(), worker, token),
                job,
                Instant.ofEpochMilli(expires));
    }

    @Override
    public Instant heartbeat(Lease lease, Duration duration) {
        long expires = clock.millis() + duration.toMillis();
        change(lease, JobStatements.heartbeat(lease, expires));
        return Instant.ofEpochMilli(expires);
    }

    /** Changes a job if this lease is held. */
    private void change(Lease lease, SqlStatement change) {
        var scope = new Scope(lease.tenant().value(), 0);
        if (write(scope, session -> session.update(change)) == 0) {
            throw JobStatements.lost(lease);
        }
    }

    @Override
    public void checkpoint(Lease lease, Progress progress, Json checkpoint) {
        change(lease, JobStatements.checkpoint(lease, progress, checkpoint));
    }

    @Override
    public void release(Lease lease) {
        change(lease, JobStatements.release(lease, clock.millis()));
    }

    @Override
    public void putOff(Lease lease, String failure, Instant due) {
        change(lease, JobStatements.putOff(lease, failure, due));
    }

    @Override
    public void finish(Lease lease, Progress progress, Json result) {
        change(lease, JobStatements.finish(lease, progress, result, clock.millis()));
    }

    @Override
    public void fail(Lease lease, String failure) {
        change(lease, JobStatements.fail(lease, failure, clock.millis()));
    }

    @Override
    public List<Job> endedBefore(Instant time, int limit) {
        return list(Scope.EVERYBODY, JobStatements.endedBefore(time, limit));
    }

    @Override
    public List<JobCount> counts() {
        return tables.repeatably(
                Scope.EVERYBODY,
                session -> session.list(JobStatements.COUNTS, JobStatements::count));
    }
}
