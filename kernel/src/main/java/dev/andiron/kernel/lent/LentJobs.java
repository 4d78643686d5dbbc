package dev.andiron.kernel.lent;

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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Jobs for a backend that keeps none: in memory, each in a file of its own as well. For one server
 * process: the claim strategy is {@link dev.andiron.spi.ClaimStrategy#PROCESS_LOCAL}. Calls take
 * turns.
 */
public final class LentJobs implements JobStore {
    private static final Comparator<Job> NEWEST_FIRST =
            Comparator.comparing(Job::submitted).thenComparing(Job::id).reversed();

    private final Map<Key, HeldJob> jobs = new HashMap<>();
    private final Path folder;
    private final InstantSource clock;

    private record Key(TenantId tenant, JobId id) {}

    /**
     * The jobs of a folder, which need not exist.
     *
     * @throws StorageException.Unavailable if it cannot be read
     */
    public LentJobs(Path folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
        try {
            for (Path file : DurableFiles.list(folder)) {
                HeldJob held = HeldJob.of(Files.readAllBytes(file));
                jobs.put(new Key(held.job().tenant(), held.job().id()), held);
            }
        } catch (IOException unreadable) {
            throw DurableFiles.failed(unreadable);
        }
    }

    private Path file(Key key) {
        return folder.resolve(
                CaselessName.encoded(key.tenant().value())
                        + ","
                        + CaselessName.encoded(key.id().value()));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private Job put(HeldJob held) {
        var key = new Key(held.job().tenant(), held.job().id());
        try {
            DurableFiles.write(file(key), held.bytes());
        } catch (IOException unwritten) {
            throw DurableFiles.failed(unwritten);
        }
        jobs.put(key, held);
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
        HeldJob known = jobs.get(new Key(tenant.tenant(), submission.id()));
        if (known != null) {
            return known.job();
        }
        Instant now = now();
        var job =
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
                        Optional.empty());
        return put(new HeldJob(job, "", 0, now));
    }

    @Override
    public synchronized Optional<Job> read(TenantContext tenant, JobId id) {
        return Optional.ofNullable(jobs.get(new Key(tenant.tenant(), id))).map(HeldJob::job);
    }

    private Stream<Job> all() {
        return jobs.values().stream().map(HeldJob::job);
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
        return Optional.ofNullable(jobs.get(new Key(tenant.tenant(), id)))
                .map(
                        held ->
                                held.job().state().ended()
                                        ? held.job()
                                        : put(
                                                held.with(
                                                        JobChange.ended(
                                                                held.job(),
                                                                JobState.CANCELLED,
                                                                now()))));
    }

    @Override
    public synchronized boolean delete(TenantContext tenant, JobId id) {
        var key = new Key(tenant.tenant(), id);
        if (!jobs.containsKey(key)) {
            return false;
        }
        try {
            DurableFiles.delete(file(key));
        } catch (IOException kept) {
            throw DurableFiles.failed(kept);
        }
        jobs.remove(key);
        return true;
    }

    @Override
    public synchronized Optional<Claim> claim(
            WorkerId worker, Set<String> kinds, Duration duration) {
        Instant now = now();
        Instant expires = now.plus(duration).truncatedTo(ChronoUnit.MILLIS);
        return jobs.values().stream()
                .filter(held -> kinds.contains(held.job().kind()) && held.isFree(now))
                .min(Comparator.comparing(held -> held.job().due()))
                .map(
                        held -> {
                            long token = held.token() + 1;
                            Job running = JobChange.claimed(held.job(), now);
                            Job job = put(new HeldJob(running, worker.value(), token, expires));
                            var lease = new Lease(job.tenant(), job.id(), worker, token);
                            return new Claim(lease, job, expires);
                        });
    }

    private HeldJob held(Lease lease) {
        HeldJob held = jobs.get(new Key(lease.tenant(), lease.job()));
        if (held == null || !held.isHeldBy(lease)) {
            throw new StorageException.LeaseLost("job " + lease.job() + " has another holder");
        }
        return held;
    }

    private void change(Lease lease, UnaryOperator<Job> change) {
        HeldJob held = held(lease);
        put(held.with(change.apply(held.job())));
    }

    @Override
    public synchronized Instant heartbeat(Lease lease, Duration duration) {
        HeldJob held = held(lease);
        Instant expires = now().plus(duration).truncatedTo(ChronoUnit.MILLIS);
        put(new HeldJob(held.job(), held.worker(), held.token(), expires));
        return expires;
    }

    @Override
    public synchronized void checkpoint(Lease lease, Progress progress, Json checkpoint) {
        requireSize(checkpoint.length(), Job.MAX_DATA);
        change(lease, job -> JobChange.advanced(job, progress, checkpoint));
    }

    @Override
    public synchronized void release(Lease lease) {
        change(lease, job -> JobChange.waiting(job, job.attempts() - 1, now(), job.failure()));
    }

    @Override
    public synchronized void putOff(Lease lease, String failure, Instant due) {
        requireSize(failure.length(), Job.MAX_FAILURE);
        change(lease, job -> JobChange.waiting(job, job.attempts(), due, Optional.of(failure)));
    }

    @Override
    public synchronized void finish(Lease lease, Progress progress, Json result) {
        requireSize(result.length(), Job.MAX_DATA);
        change(lease, job -> JobChange.completed(job, progress, result, now()));
    }

    @Override
    public synchronized void fail(Lease lease, String failure) {
        requireSize(failure.length(), Job.MAX_FAILURE);
        change(lease, job -> JobChange.failed(job, failure, now()));
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
}
