package dev.andiron.tck.reference;

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
import dev.andiron.spi.tenant.TenantId;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Jobs in a map, each change a record of the journal; one lock for all. */
public class ReferenceJobs implements JobStore {
    private static final Comparator<Job> NEWEST_FIRST =
            Comparator.comparing(Job::submitted).thenComparing(Job::id).reversed();

    private final Map<Key, Held> jobs = new HashMap<>();
    private final InstantSource clock;
    private final Consumer<Record> journal;

    /** A job's key. */
    public record Key(String tenant, String id) {}

    /**
     * What the journal holds: a job as it stands, with its last lease.
     *
     * @param worker who has it, or had it last
     * @param token the last token, 0 before the first claim
     */
    public record Held(Job job, String worker, long token, Instant expires) {

        Held with(Job changed) {
            return new Held(changed, worker, token, expires);
        }
    }

    /** What the journal holds of a deleted job. */
    public record Gone(Key key) {}

    /** Jobs by a clock, in a journal. */
    public ReferenceJobs(InstantSource clock, Consumer<Record> journal) {
        this.clock = clock;
        this.journal = journal;
    }

    void replay(Held held) {
        jobs.put(key(held.job().tenant(), held.job().id()), held);
    }

    void replay(Gone gone) {
        jobs.remove(gone.key());
    }

    private static Key key(TenantId tenant, JobId id) {
        return new Key(tenant.value(), id.value());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private Job put(Held held) {
        journal.accept(held);
        replay(held);
        return held.job();
    }

    private static void requireSize(int size, int most) {
        if (size > most) {
            throw new StorageException.TooLarge("it is longer than " + most);
        }
    }

    @Override
    public synchronized Job submit(TenantContext tenant, JobSubmission submission) {
        requireSize(submission.request().length(), Job.MAX_DATA);
        Held known = jobs.get(key(tenant.tenant(), submission.id()));
        if (known != null) {
            return known.job();
        }
        Instant now = now();
        return put(
                new Held(
                        new Job(
                                tenant.tenant(),
                                submission.id(),
                                submission.kind(),
                                submission.request(),
                                now,
                                JobState.ACCEPTED,
                                0,
                                now,
                                Optional.empty(),
                                Optional.empty(),
                                Progress.NONE,
                                Json.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        "",
                        0,
                        now));
    }

    @Override
    public synchronized Optional<Job> read(TenantContext tenant, JobId id) {
        return Optional.ofNullable(jobs.get(key(tenant.tenant(), id))).map(Held::job);
    }

    private Stream<Job> all() {
        return jobs.values().stream().map(Held::job);
    }

    @Override
    public synchronized List<Job> list(TenantContext tenant, JobList request) {
        return all().filter(job -> job.tenant().equals(tenant.tenant()))
                .filter(job -> request.kinds().isEmpty() || request.kinds().contains(job.kind()))
                .filter(job -> request.states().isEmpty() || request.states().contains(job.state()))
                .filter(job -> request.before().stream().allMatch(place -> isBehind(job, place)))
                .sorted(NEWEST_FIRST)
                .limit(request.limit())
                .toList();
    }

    private static boolean isBehind(Job job, JobList.Place place) {
        int byTime = job.submitted().compareTo(place.submitted());
        return byTime != 0 ? byTime < 0 : job.id().compareTo(place.id()) < 0;
    }

    @Override
    public synchronized Optional<Job> cancel(TenantContext tenant, JobId id) {
        return Optional.ofNullable(jobs.get(key(tenant.tenant(), id)))
                .map(
                        held ->
                                held.job().state().ended()
                                        ? held.job()
                                        : put(held.with(ended(held.job(), JobState.CANCELLED))));
    }

    @Override
    public synchronized boolean delete(TenantContext tenant, JobId id) {
        Gone gone = new Gone(key(tenant.tenant(), id));
        if (!jobs.containsKey(gone.key())) {
            return false;
        }
        journal.accept(gone);
        replay(gone);
        return true;
    }

    @Override
    public synchronized Optional<Claim> claim(
            WorkerId worker, Set<String> kinds, Duration duration) {
        Instant expires = now().plus(duration);
        return jobs.values().stream()
                .filter(held -> kinds.contains(held.job().kind()))
                .filter(this::isFree)
                .min(Comparator.comparing(held -> held.job().due()))
                .map(
                        held -> {
                            Job job = put(claimed(held, worker, expires));
                            var lease = new Lease(job.tenant(), job.id(), worker, held.token() + 1);
                            return new Claim(lease, job, expires);
                        });
    }

    /** Whether a worker may claim it. */
    protected boolean isFree(Held held) {
        return switch (held.job().state()) {
            case ACCEPTED -> !held.job().due().isAfter(now());
            case RUNNING -> !held.expires().isAfter(now());
            case COMPLETED, FAILED, CANCELLED -> false;
        };
    }

    private Held claimed(Held held, WorkerId worker, Instant expires) {
        Job job = held.job();
        Job running =
                new Job(
                        job.tenant(),
                        job.id(),
                        job.kind(),
                        job.request(),
                        job.submitted(),
                        JobState.RUNNING,
                        job.attempts() + 1,
                        job.due(),
                        Optional.of(job.started().orElseGet(this::now)),
                        job.ended(),
                        job.progress(),
                        job.checkpoint(),
                        job.result(),
                        job.failure());
        return new Held(running, worker.value(), held.token() + 1, expires);
    }

    /** Whether this is the lease that counts. */
    protected boolean isHeld(Held held, Lease lease) {
        return held.job().state() == JobState.RUNNING
                && held.worker().equals(lease.worker().value())
                && held.token() == lease.token();
    }

    private Held held(Lease lease) {
        Held held = jobs.get(key(lease.tenant(), lease.job()));
        if (held == null || !isHeld(held, lease)) {
            throw new StorageException.LeaseLost("job " + lease.job() + " has another holder");
        }
        return held;
    }

    private void change(Lease lease, UnaryOperator<Job> change) {
        Held held = held(lease);
        put(held.with(change.apply(held.job())));
    }

    @Override
    public synchronized Instant heartbeat(Lease lease, Duration duration) {
        Held held = held(lease);
        Instant expires = now().plus(duration);
        put(new Held(held.job(), held.worker(), held.token(), expires));
        return expires;
    }

    @Override
    public synchronized void checkpoint(Lease lease, Progress progress, Json checkpoint) {
        requireSize(checkpoint.length(), Job.MAX_DATA);
        change(
                lease,
                job ->
                        changed(
                                job,
                                job.state(),
                                job.attempts(),
                                job.due(),
                                progress,
                                checkpoint,
                                job.failure()));
    }

    @Override
    public synchronized void release(Lease lease) {
        change(
                lease,
                job ->
                        changed(
                                job,
                                JobState.ACCEPTED,
                                job.attempts() - 1,
                                now(),
                                job.progress(),
                                job.checkpoint(),
                                job.failure()));
    }

    @Override
    public synchronized void putOff(Lease lease, String failure, Instant due) {
        requireSize(failure.length(), Job.MAX_FAILURE);
        change(
                lease,
                job ->
                        changed(
                                job,
                                JobState.ACCEPTED,
                                job.attempts(),
                                due,
                                job.progress(),
                                job.checkpoint(),
                                Optional.of(failure)));
    }

    @Override
    public synchronized void finish(Lease lease, Progress progress, Json result) {
        requireSize(result.length(), Job.MAX_DATA);
        change(
                lease,
                job ->
                        ended(
                                job,
                                JobState.COMPLETED,
                                progress,
                                Optional.of(result),
                                job.failure()));
    }

    @Override
    public synchronized void fail(Lease lease, String failure) {
        requireSize(failure.length(), Job.MAX_FAILURE);
        change(
                lease,
                job ->
                        ended(
                                job,
                                JobState.FAILED,
                                job.progress(),
                                Optional.empty(),
                                Optional.of(failure)));
    }

    @Override
    public synchronized List<Job> endedBefore(Instant time, int limit) {
        return all().filter(job -> job.ended().stream().anyMatch(ended -> ended.isBefore(time)))
                .sorted(Comparator.comparing(job -> job.ended().orElseThrow()))
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized List<JobCount> counts() {
        Map<JobCount, Long> counts = new HashMap<>();
        all().forEach(job -> counts.merge(new JobCount(job.kind(), job.state(), 0), 1L, Long::sum));
        return counts.entrySet().stream()
                .map(
                        each ->
                                new JobCount(
                                        each.getKey().kind(),
                                        each.getKey().state(),
                                        each.getValue()))
                .toList();
    }

    private static Job changed(
            Job job,
            JobState state,
            int attempts,
            Instant due,
            Progress progress,
            Json checkpoint,
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
                job.started(),
                job.ended(),
                progress,
                checkpoint,
                job.result(),
                failure);
    }

    private Job ended(Job job, JobState state) {
        return ended(job, state, job.progress(), Optional.empty(), job.failure());
    }

    private Job ended(
            Job job,
            JobState state,
            Progress progress,
            Optional<Json> result,
            Optional<String> failure) {
        return new Job(
                job.tenant(),
                job.id(),
                job.kind(),
                job.request(),
                job.submitted(),
                state,
                job.attempts(),
                job.due(),
                job.started(),
                Optional.of(now()),
                progress,
                job.checkpoint(),
                result,
                failure);
    }
}
