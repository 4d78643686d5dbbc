package dev.andiron.kernel.lent;

import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.resource.Json;

import java.time.Instant;
import java.util.Optional;

/** What a job becomes by each of the calls that change it. */
final class JobChange {
    private JobChange() {}

    static Job claimed(Job job, Instant now) {
        return of(
                job,
                JobState.RUNNING,
                job.attempts() + 1,
                job.due(),
                Optional.of(job.started().orElse(now)),
                job.ended(),
                job.progress(),
                job.checkpoint(),
                job.result(),
                job.failure());
    }

    static Job advanced(Job job, Progress progress, Json checkpoint) {
        return of(
                job,
                job.state(),
                job.attempts(),
                job.due(),
                job.started(),
                job.ended(),
                progress,
                checkpoint,
                job.result(),
                job.failure());
    }

    static Job waiting(Job job, int attempts, Instant due, Optional<String> failure) {
        return of(
                job,
                JobState.ACCEPTED,
                attempts,
                due,
                job.started(),
                job.ended(),
                job.progress(),
                job.checkpoint(),
                job.result(),
                failure);
    }

    static Job completed(Job job, Progress progress, Json result, Instant now) {
        return ended(job, JobState.COMPLETED, progress, Optional.of(result), job.failure(), now);
    }

    static Job failed(Job job, String failure, Instant now) {
        return ended(
                job, JobState.FAILED, job.progress(), Optional.empty(), Optional.of(failure), now);
    }

    static Job ended(Job job, JobState state, Instant now) {
        return ended(job, state, job.progress(), Optional.empty(), job.failure(), now);
    }

    private static Job ended(
            Job job,
            JobState state,
            Progress progress,
            Optional<Json> result,
            Optional<String> failure,
            Instant now) {
        return of(
                job,
                state,
                job.attempts(),
                job.due(),
                job.started(),
                Optional.of(now),
                progress,
                job.checkpoint(),
                result,
                failure);
    }

    private static Job of(
            Job job,
            JobState state,
            int attempts,
            Instant due,
            Optional<Instant> started,
            Optional<Instant> ended,
            Progress progress,
            Json checkpoint,
            Optional<Json> result,
            Optional<String> failure) {
        return new Job(
                job.tenant(),
                job.id(),
                job.kind(),
                job.request(),
                job.submitted(),
                state,
                attempts,
                due,
                started,
                ended,
                progress,
                checkpoint,
                result,
                failure);
    }
}
