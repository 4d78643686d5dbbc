package dev.andiron.sql.job;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobCount;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobList;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.job.JobSubmission;
import dev.andiron.spi.job.Lease;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.sql.SqlStatement;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/**
 * The statements of a {@link dev.andiron.spi.job.JobStore} over the table {@code jobs}; how they
 * are run, and how a job is claimed, differs by database. Sizes are checked here. Those that take a
 * lease change a row only while it is held; {@link #lost} is the error if none was changed.
 */
public final class JobStatements {
    private static final String SELECT = "SELECT " + JobRow.COLUMNS + " FROM jobs ";
    private static final int ACCEPTED = JobRow.number(JobState.ACCEPTED);
    private static final int RUNNING = JobRow.number(JobState.RUNNING);

    /** Reads a row of {@link #COUNTS}. */
    public static JobCount count(ResultSet row) throws SQLException {
        return new JobCount(row.getString(1), JobRow.state(row.getInt(2)), row.getLong(3));
    }

    /** Jobs by kind and state. */
    public static final SqlStatement COUNTS =
            new SqlStatement(
                    "SELECT kind, state, count(*) FROM jobs GROUP BY kind, state", List.of());

    private JobStatements() {}

    /** Adds a job unless it is there. */
    public static SqlStatement submit(TenantContext tenant, JobSubmission submission, long now) {
        requireSize("the request", submission.request().length(), Job.MAX_DATA);
        return statement(
                "INSERT INTO jobs (tenant, id, kind, request, submitted, state, attempts, due,"
                        + " done, progress, checkpoint, worker, token, free_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, 0, ?, 0, '', ?, '', 0, ?)"
                        + " ON CONFLICT DO NOTHING",
                tenant.tenant().value(),
                submission.id().value(),
                submission.kind(),
                submission.request().bytes(),
                now,
                ACCEPTED,
                now,
                Json.empty().bytes(),
                now);
    }

    private static void requireSize(String what, int size, int most) {
        if (size > most) {
            throw new StorageException.TooLarge(
                    "%s of a job takes %d, not %d".formatted(what, most, size));
        }
    }

    private static SqlStatement statement(String sql, Object... values) {
        return new SqlStatement(sql, Arrays.asList(values));
    }

    /** One job, by {@link JobRow#read}. */
    public static SqlStatement read(TenantContext tenant, JobId id) {
        return statement(
                SELECT + "WHERE tenant = ? AND id = ?", tenant.tenant().value(), id.value());
    }

    /** Jobs, the newest first, by {@link JobRow#read}. */
    public static SqlStatement list(TenantContext tenant, JobList request) {
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
        return new SqlStatement(sql.toString(), values);
    }

    private static String marks(Collection<?> values) {
        return String.join(", ", Collections.nCopies(values.size(), "?"));
    }

    /** The job that was due first and that nobody works on, by {@link JobRow#read}. */
    public static SqlStatement free(Collection<String> kinds, long now) {
        var values = new ArrayList<Object>(List.of(now));
        values.addAll(kinds);
        return new SqlStatement(
                SELECT
                        + "WHERE free_at IS NOT NULL AND free_at <= ? AND kind IN ("
                        + marks(kinds)
                        + ") ORDER BY due LIMIT 1",
                values);
    }

    /** Ends a job that has not ended. */
    public static SqlStatement cancel(TenantContext tenant, JobId id, long now) {
        return statement(
                "UPDATE jobs SET state = ?, ended = ?, free_at = NULL"
                        + " WHERE tenant = ? AND id = ? AND ended IS NULL",
                JobRow.number(JobState.CANCELLED),
                now,
                tenant.tenant().value(),
                id.value());
    }

    /** Removes a job. */
    public static SqlStatement delete(TenantContext tenant, JobId id) {
        return statement(
                "DELETE FROM jobs WHERE tenant = ? AND id = ?",
                tenant.tenant().value(),
                id.value());
    }

    /** Jobs of all tenants that ended before a time, the first first, by {@link JobRow#read}. */
    public static SqlStatement endedBefore(Instant time, int limit) {
        return statement(
                SELECT + "WHERE ended IS NOT NULL AND ended < ? ORDER BY ended LIMIT ?",
                time.toEpochMilli(),
                limit);
    }

    /** Holds a lease until a time. */
    public static SqlStatement heartbeat(Lease lease, long expires) {
        return held(lease, "free_at = ?", expires);
    }

    private static SqlStatement held(Lease lease, String assignments, Object... values) {
        var all = new ArrayList<>(Arrays.asList(values));
        all.addAll(
                List.of(
                        lease.tenant().value(),
                        lease.job().value(),
                        RUNNING,
                        lease.worker().value(),
                        lease.token()));
        return new SqlStatement(
                "UPDATE jobs SET "
                        + assignments
                        + " WHERE tenant = ? AND id = ? AND state = ? AND worker = ? AND token = ?",
                all);
    }

    /** What a worker is told whose lease has been taken. */
    public static StorageException lost(Lease lease) {
        return new StorageException.LeaseLost(
                "the lease of job %s is no longer held".formatted(lease.job()));
    }

    /** Remembers how far the work is. */
    public static SqlStatement checkpoint(Lease lease, Progress progress, Json checkpoint) {
        requireSize("the checkpoint", checkpoint.length(), Job.MAX_DATA);
        return held(
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

    /** Gives a job back, as if it had not been tried. */
    public static SqlStatement release(Lease lease, long now) {
        return held(
                lease,
                "state = ?, attempts = attempts - 1, due = ?, free_at = ?",
                ACCEPTED,
                now,
                now);
    }

    /** Gives a job back until a time. */
    public static SqlStatement putOff(Lease lease, String failure, Instant due) {
        requireSize("the failure", failure.length(), Job.MAX_FAILURE);
        long time = due.toEpochMilli();
        return held(
                lease,
                "state = ?, due = ?, free_at = ?, failure = ?",
                ACCEPTED,
                time,
                time,
                failure);
    }

    /** Ends a job well. */
    public static SqlStatement finish(Lease lease, Progress progress, Json result, long now) {
        requireSize("the result", result.length(), Job.MAX_DATA);
        return held(
                lease,
                "state = ?, ended = ?, free_at = NULL, done = ?, total = ?, progress = ?,"
                        + " result = ?",
                JobRow.number(JobState.COMPLETED),
                now,
                progress.done(),
                nullable(progress.total()),
                progress.text(),
                result.bytes());
    }

    /** Ends a job that cannot be done. */
    public static SqlStatement fail(Lease lease, String failure, long now) {
        requireSize("the failure", failure.length(), Job.MAX_FAILURE);
        return held(
                lease,
                "state = ?, ended = ?, free_at = NULL, failure = ?",
                JobRow.number(JobState.FAILED),
                now,
                failure);
    }
}
