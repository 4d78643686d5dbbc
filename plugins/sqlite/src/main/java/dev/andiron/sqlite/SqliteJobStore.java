package dev.andiron.sqlite;

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

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Jobs in a table of the database. All changes go through its one writer, so that two claims never
 * meet; and the file has one server.
 */
final class SqliteJobStore implements JobStore {
    private final ReadPool reads;
    private final Writer writer;
    private final InstantSource clock;

    SqliteJobStore(ReadPool reads, Writer writer, InstantSource clock) {
        this.reads = reads;
        this.writer = writer;
        this.clock = clock;
    }

    @Override
    public Job submit(TenantContext tenant, JobSubmission submission) {
        SqlStatement insert = JobStatements.submit(tenant, submission, clock.millis());
        return write(
                submission.request().length(),
                session -> {
                    session.update(insert);
                    return session.first(JobStatements.read(tenant, submission.id()), JobRow::read)
                            .orElseThrow();
                });
    }

    /**
     * @param bytes what the statements carry
     */
    private <T> T write(long bytes, ReadPool.Work<T> work) {
        return writer.write(new PendingStatements<>(bytes, work));
    }

    @Override
    public Optional<Job> read(TenantContext tenant, JobId id) {
        SqlStatement read = JobStatements.read(tenant, id);
        return reads.lookUp(session -> session.first(read, JobRow::read));
    }

    @Override
    public List<Job> list(TenantContext tenant, JobList request) {
        return list(JobStatements.list(tenant, request));
    }

    private List<Job> list(SqlStatement sql) {
        return reads.read(session -> session.list(sql, JobRow::read));
    }

    @Override
    public Optional<Job> cancel(TenantContext tenant, JobId id) {
        SqlStatement cancel = JobStatements.cancel(tenant, id, clock.millis());
        return write(
                0,
                session -> {
                    session.update(cancel);
                    return session.first(JobStatements.read(tenant, id), JobRow::read);
                });
    }

    @Override
    public boolean delete(TenantContext tenant, JobId id) {
        SqlStatement delete = JobStatements.delete(tenant, id);
        return write(0, session -> session.update(delete) > 0);
    }

    @Override
    public Optional<Claim> claim(WorkerId worker, Set<String> kinds, Duration duration) {
        if (kinds.isEmpty()) {
            return Optional.empty();
        }
        long now = clock.millis();
        SqlStatement free = JobStatements.free(kinds, now);
        // Workers ask again and again; only an answer is worth the writer's time.
        if (list(free).isEmpty()) {
            return Optional.empty();
        }
        return write(
                0,
                session -> {
                    Optional<Job> found = session.first(free, JobRow::read);
                    return found.isEmpty()
                            ? Optional.empty()
                            : Optional.of(claim(session, found.get(), worker, now, duration));
                });
    }

    private static Claim claim(
            Session session, Job job, WorkerId worker, long now, Duration duration)
            throws SQLException {
        long expires = now + duration.toMillis();
        String sql =
                "UPDATE jobs SET state = ?, attempts = attempts + 1, started = coalesce(started,"
                        + " ?), worker = ?, token = token + 1, free_at = ?"
                        + " WHERE tenant = ? AND id = ? RETURNING "
                        + JobRow.COLUMNS
                        + ", token";
        return session.first(
                        row ->
                                new Claim(
                                        new Lease(
                                                job.tenant(),
                                                job.id(),
                                                worker,
                                                row.getLong(JobRow.COLUMN_COUNT + 1)),
                                        JobRow.read(row),
                                        Instant.ofEpochMilli(expires)),
                        sql,
                        JobRow.number(JobState.RUNNING),
                        now,
                        worker.value(),
                        expires,
                        job.tenant().value(),
                        job.id().value())
                .orElseThrow();
    }

    @Override
    public Instant heartbeat(Lease lease, Duration duration) {
        long expires = clock.millis() + duration.toMillis();
        change(lease, 0, JobStatements.heartbeat(lease, expires));
        return Instant.ofEpochMilli(expires);
    }

    /** Changes a job if this lease is held. */
    private void change(Lease lease, long bytes, SqlStatement change) {
        write(
                bytes,
                session -> {
                    if (session.update(change) == 0) {
                        throw JobStatements.lost(lease);
                    }
                    return Optional.empty();
                });
    }

    @Override
    public void checkpoint(Lease lease, Progress progress, Json checkpoint) {
        change(lease, checkpoint.length(), JobStatements.checkpoint(lease, progress, checkpoint));
    }

    @Override
    public void release(Lease lease) {
        change(lease, 0, JobStatements.release(lease, clock.millis()));
    }

    @Override
    public void putOff(Lease lease, String failure, Instant due) {
        change(lease, failure.length(), JobStatements.putOff(lease, failure, due));
    }

    @Override
    public void finish(Lease lease, Progress progress, Json result) {
        change(
                lease,
                result.length(),
                JobStatements.finish(lease, progress, result, clock.millis()));
    }

    @Override
    public void fail(Lease lease, String failure) {
        change(lease, failure.length(), JobStatements.fail(lease, failure, clock.millis()));
    }

    @Override
    public List<Job> endedBefore(Instant time, int limit) {
        return list(JobStatements.endedBefore(time, limit));
    }

    @Override
    public List<JobCount> counts() {
        return reads.read(session -> session.list(JobStatements.COUNTS, JobStatements::count));
    }
}
