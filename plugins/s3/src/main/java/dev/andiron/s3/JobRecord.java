package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.job.JobSubmission;
import dev.andiron.spi.job.Lease;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.job.WorkerId;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantId;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * A job as the registry holds it: its data lies elsewhere unless it is small. Times are in
 * milliseconds since 1970, 0 where there is none.
 *
 * @param worker who claimed it last
 * @param token the fencing token of the last claim; 0 before the first
 * @param expires when the lease expires
 */
record JobRecord(
        TenantId tenant,
        JobId id,
        String kind,
        JobData request,
        long submitted,
        JobState state,
        int attempts,
        long due,
        long started,
        long ended,
        Progress progress,
        JobData checkpoint,
        Optional<JobData> result,
        Optional<String> failure,
        String worker,
        long token,
        long expires) {
    private static final JobState[] STATES = JobState.values();

    static JobRecord of(TenantId tenant, JobSubmission submission, JobData request, long now) {
        return new JobRecord(
                tenant,
                submission.id(),
                submission.kind(),
                request,
                now,
                JobState.ACCEPTED,
                0,
                now,
                0,
                0,
                Progress.NONE,
                JobData.NONE,
                Optional.empty(),
                Optional.empty(),
                "",
                0,
                0);
    }

    /** Whether a worker may claim it. */
    boolean free(long now) {
        return switch (state) {
            case ACCEPTED -> due <= now;
            case RUNNING -> expires <= now;
            case COMPLETED, FAILED, CANCELLED -> false;
        };
    }

    /** Whether this is the lease that counts. */
    boolean heldBy(Lease lease) {
        return state == JobState.RUNNING
                && worker.equals(lease.worker().value())
                && token == lease.token();
    }

    JobRecord claimed(WorkerId claimer, long now, long until) {
        return new JobRecord(
                tenant,
                id,
                kind,
                request,
                submitted,
                JobState.RUNNING,
                attempts + 1,
                due,
                started == 0 ? now : started,
                ended,
                progress,
                checkpoint,
                result,
                failure,
                claimer.value(),
                token + 1,
                until);
    }

    JobRecord renewed(long until) {
        return new JobRecord(
                tenant,
                id,
                kind,
                request,
                submitted,
                state,
                attempts,
                due,
                started,
                ended,
                progress,
                checkpoint,
                result,
                failure,
                worker,
                token,
                until);
    }

    JobRecord advanced(Progress newProgress, JobData newCheckpoint) {
        return new JobRecord(
                tenant,
                id,
                kind,
                request,
                submitted,
                state,
                attempts,
                due,
                started,
                ended,
                newProgress,
                newCheckpoint,
                result,
                failure,
                worker,
                token,
                expires);
    }

    /** Waits for a worker again. */
    JobRecord waiting(int newAttempts, long newDue, Optional<String> newFailure) {
        return new JobRecord(
                tenant,
                id,
                kind,
                request,
                submitted,
                JobState.ACCEPTED,
                newAttempts,
                newDue,
                started,
                ended,
                progress,
                checkpoint,
                result,
                newFailure,
                worker,
                token,
                expires);
    }

    JobRecord ended(
            JobState end,
            long now,
            Progress last,
            Optional<JobData> newResult,
            Optional<String> newFailure) {
        return new JobRecord(
                tenant,
                id,
                kind,
                request,
                submitted,
                end,
                attempts,
                due,
                started,
                now,
                last,
                checkpoint,
                newResult,
                newFailure,
                worker,
                token,
                expires);
    }

    /**
     * The job.
     *
     * @param data fetches what lies elsewhere
     */
    Job job(Function<JobData, Json> data) {
        return new Job(
                tenant,
                id,
                kind,
                data.apply(request),
                Instant.ofEpochMilli(submitted),
                state,
                attempts,
                Instant.ofEpochMilli(due),
                instant(started),
                instant(ended),
                progress,
                data.apply(checkpoint),
                result.map(data),
                failure);
    }

    private static Optional<Instant> instant(long millis) {
        return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    void write(DataOutputStream out) throws IOException {
        out.writeUTF(tenant.value());
        out.writeUTF(id.value());
        out.writeUTF(kind);
        request.write(out);
        out.writeLong(submitted);
        out.writeByte(state.ordinal());
        out.writeInt(attempts);
        out.writeLong(due);
        out.writeLong(started);
        out.writeLong(ended);
        out.writeLong(progress.done());
        out.writeLong(progress.total().orElse(-1));
        out.writeUTF(progress.text());
        checkpoint.write(out);
        out.writeBoolean(result.isPresent());
        if (result.isPresent()) {
            result.get().write(out);
        }
        out.writeBoolean(failure.isPresent());
        out.writeUTF(failure.orElse(""));
        out.writeUTF(worker);
        out.writeLong(token);
        out.writeLong(expires);
    }

    static JobRecord read(DataInputStream in) throws IOException {
        var tenant = new TenantId(in.readUTF());
        var id = new JobId(in.readUTF());
        String kind = in.readUTF();
        JobData request = JobData.read(in);
        long submitted = in.readLong();
        JobState state = STATES[in.readByte()];
        int attempts = in.readInt();
        long due = in.readLong();
        long started = in.readLong();
        long ended = in.readLong();
        long done = in.readLong();
        long total = in.readLong();
        var progress =
                new Progress(
                        done,
                        total < 0 ? OptionalLong.empty() : OptionalLong.of(total),
                        in.readUTF());
        JobData checkpoint = JobData.read(in);
        Optional<JobData> result =
                in.readBoolean() ? Optional.of(JobData.read(in)) : Optional.empty();
        boolean failed = in.readBoolean();
        String reason = in.readUTF();
        return new JobRecord(
                tenant,
                id,
                kind,
                request,
                submitted,
                state,
                attempts,
                due,
                started,
                ended,
                progress,
                checkpoint,
                result,
                failed ? Optional.of(reason) : Optional.empty(),
                in.readUTF(),
                in.readLong(),
                in.readLong());
    }

    static void requireSize(String what, int size, int most) {
        if (size > most) {
            throw new StorageException.TooLarge(
                    "%s of a job takes %d, not %d".formatted(what, most, size));
        }
    }
}
