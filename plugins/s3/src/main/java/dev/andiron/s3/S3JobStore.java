package dev.andiron.s3;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Jobs by compare-and-swap of one object. The nodes do not know each other: a claim is a
 * replacement of the registry that came first, and its fencing token grows with each.
 */
final class S3JobStore implements JobStore {
    private static final int ATTEMPTS = 500;
    private static final Comparator<JobRecord> NEWEST_FIRST =
            Comparator.comparingLong(JobRecord::submitted).thenComparing(JobRecord::id).reversed();

    private final ObjectStore objects;
    private final InstantSource clock;

    /** The writers of this node take turns, so that they do not lose to each other. */
    private final ReentrantLock turn = new ReentrantLock();

    private final ConcurrentLinkedQueue<Waiting<?>> waiting = new ConcurrentLinkedQueue<>();

    S3JobStore(ObjectStore objects, InstantSource clock) {
        this.objects = objects;
        this.clock = clock;
    }

    /**
     * A registry that was read, and the mark by which it can be replaced; empty if there is none.
     */
    private record Read(JobRegistry registry, Optional<String> etag) {}

    /**
     * What an operation makes of the registry.
     *
     * @param registry the new one; empty if there is nothing to change
     * @param unused data that the new one names no more
     */
    private record Change<T>(T result, Optional<JobRegistry> registry, List<JobData> unused) {
        static <T> Change<T> none(T result) {
            return new Change<>(result, Optional.empty(), List.of());
        }

        static <T> Change<T> to(T result, JobRegistry registry, List<JobData> unused) {
            return new Change<>(result, Optional.of(registry), unused);
        }
    }

    private Read read() {
        return objects.read(Keys.JOBS)
                .map(
                        found ->
                                new Read(
                                        JobRegistry.decode(found.bytes()),
                                        Optional.of(found.etag())))
                .orElse(new Read(JobRegistry.EMPTY, Optional.empty()));
    }

    /**
     * An operation that waits for its turn.
     *
     * @param decide what it makes of the registry
     * @param result what came of it
     */
    private record Waiting<T>(
            Function<JobRegistry, Change<T>> decide, CompletableFuture<T> result) {}

    /** An operation that was decided, and how to end it. */
    private record Decided(Optional<JobRegistry> registry, List<JobData> unused, Runnable answer) {
        static <T> Decided of(Waiting<T> waiting, JobRegistry before) {
            try {
                Change<T> change = waiting.decide().apply(before);
                return new Decided(
                        change.registry(),
                        change.unused(),
                        () -> waiting.result().complete(change.result()));
            } catch (RuntimeException refused) {
                return new Decided(
                        Optional.empty(),
                        List.of(),
                        () -> waiting.result().completeExceptionally(refused));
            }
        }
    }

    /**
     * Decides on what is there, and writes it if that is still there; else decides again. Whoever
     * has the turn does so for all of this node who wait, one behind the other, with one request.
     */
    private <T> T change(Function<JobRegistry, Change<T>> decide) {
        var mine = new Waiting<>(decide, new CompletableFuture<>());
        waiting.add(mine);
        turn.lock();
        try {
            if (!mine.result().isDone()) {
                changeAll(takeWaiting());
            }
        } finally {
            turn.unlock();
        }
        return Parallel.join(mine.result());
    }

    private List<Waiting<?>> takeWaiting() {
        List<Waiting<?>> group = new ArrayList<>();
        for (Waiting<?> next = waiting.poll(); next != null; next = waiting.poll()) {
            group.add(next);
        }
        return group;
    }

    private void changeAll(List<Waiting<?>> group) {
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Read before = read();
                List<Decided> decided = new ArrayList<>();
                JobRegistry after = before.registry();
                for (Waiting<?> each : group) {
                    decided.add(Decided.of(each, after));
                    after = decided.getLast().registry().orElse(after);
                }
                boolean unchanged = decided.stream().allMatch(each -> each.registry().isEmpty());
                if (unchanged || replaced(before, after)) {
                    forget(decided.stream().flatMap(each -> each.unused().stream()).toList());
                    decided.forEach(each -> each.answer().run());
                    return;
                }
                long most = Math.min(50, 1L + attempt);
                LockSupport.parkNanos(
                        Duration.ofMillis(ThreadLocalRandom.current().nextLong(most)).toNanos());
            }
            throw new StorageException.Unavailable(
                    "too many nodes change jobs at once", Duration.ofSeconds(1), null);
        } catch (StorageException failed) {
            group.forEach(each -> each.result().completeExceptionally(failed));
        } catch (RuntimeException | Error defect) {
            var internal = new StorageException.Internal("a change of a job failed", defect);
            group.forEach(each -> each.result().completeExceptionally(internal));
        }
    }

    private boolean replaced(Read before, JobRegistry after) {
        UUID writer = UUID.randomUUID();
        byte[] bytes = after.writtenBy(writer).encode();
        try {
            Optional<String> written =
                    before.etag().isPresent()
                            ? objects.replace(Keys.JOBS, before.etag().get(), bytes)
                            : objects.create(Keys.JOBS, bytes);
            return written.isPresent() || read().registry().writers().contains(writer);
        } catch (StorageException.Unavailable failed) {
            if (read().registry().writers().contains(writer)) {
                return true;
            }
            throw failed;
        }
    }

    private JobData store(TenantId tenant, Json data) {
        if (data.length() <= JobData.SHORT) {
            return new JobData("", data);
        }
        String key = Keys.jobData(tenant, UUID.randomUUID().toString());
        objects.write(key, data.bytes());
        return new JobData(key, Json.empty());
    }

    private Json fetch(JobData data) {
        if (!data.elsewhere()) {
            return data.here();
        }
        return objects.read(data.object())
                .map(found -> Json.of(found.bytes()))
                .orElseThrow(
                        () ->
                                new StorageException.Corrupt(
                                        "the data of a job is not there any more", null));
    }

    /** The change has been made: what cannot be deleted now stays behind. */
    private void forget(List<JobData> unused) {
        List<String> keys =
                unused.stream().filter(JobData::elsewhere).map(JobData::object).toList();
        try {
            objects.delete(keys);
        } catch (StorageException left) {
            System.getLogger(S3JobStore.class.getName())
                    .log(System.Logger.Level.WARNING, "the data of a job stays behind", left);
        }
    }

    /** A job with its data, which may be replaced while it is fetched: then from the start. */
    private Optional<Job> job(Function<JobRegistry, Optional<JobRecord>> find) {
        return withData(registry -> find.apply(registry).map(record -> record.job(this::fetch)));
    }

    private <T> T withData(Function<JobRegistry, T> look) {
        for (int attempt = 0; ; attempt++) {
            Read read = read();
            try {
                return look.apply(read.registry());
            } catch (StorageException.Corrupt gone) {
                if (attempt == ATTEMPTS || read.etag().equals(read().etag())) {
                    throw gone;
                }
            }
        }
    }

    @Override
    public Job submit(TenantContext tenant, JobSubmission submission) {
        JobRecord.requireSize("the request", submission.request().length(), Job.MAX_DATA);
        JobData request = store(tenant.tenant(), submission.request());
        long now = clock.millis();
        JobRecord job =
                change(
                        registry ->
                                registry.find(tenant.tenant(), submission.id())
                                        .map(
                                                known ->
                                                        new Change<>(
                                                                known,
                                                                Optional.empty(),
                                                                List.of(request)))
                                        .orElseGet(
                                                () -> {
                                                    var added =
                                                            JobRecord.of(
                                                                    tenant.tenant(),
                                                                    submission,
                                                                    request,
                                                                    now);
                                                    return Change.to(
                                                            added, registry.with(added), List.of());
                                                }));
        return job.job(this::fetch);
    }

    @Override
    public Optional<Job> read(TenantContext tenant, JobId id) {
        return job(registry -> registry.find(tenant.tenant(), id));
    }

    @Override
    public List<Job> list(TenantContext tenant, JobList request) {
        return withData(
                registry ->
                        jobs(
                                registry.all().stream()
                                        .filter(job -> job.tenant().equals(tenant.tenant()))
                                        .filter(job -> listed(job, request))
                                        .sorted(NEWEST_FIRST)
                                        .limit(request.limit())));
    }

    private List<Job> jobs(Stream<JobRecord> records) {
        return Parallel.map(records.toList(), record -> record.job(this::fetch));
    }

    private static boolean listed(JobRecord job, JobList request) {
        return (request.kinds().isEmpty() || request.kinds().contains(job.kind()))
                && (request.states().isEmpty() || request.states().contains(job.state()))
                && request.before().stream().allMatch(place -> isBehind(job, place));
    }

    private static boolean isBehind(JobRecord job, JobList.Place place) {
        int byTime = Long.compare(job.submitted(), place.submitted().toEpochMilli());
        return byTime != 0 ? byTime < 0 : job.id().compareTo(place.id()) < 0;
    }

    @Override
    public Optional<Job> cancel(TenantContext tenant, JobId id) {
        long now = clock.millis();
        Optional<JobRecord> cancelled =
                change(
                        registry -> {
                            Optional<JobRecord> known = registry.find(tenant.tenant(), id);
                            if (known.isEmpty() || known.get().state().ended()) {
                                return Change.none(known);
                            }
                            JobRecord job = known.get();
                            JobRecord ended =
                                    job.ended(
                                            JobState.CANCELLED,
                                            now,
                                            job.progress(),
                                            Optional.empty(),
                                            job.failure());
                            return Change.to(Optional.of(ended), registry.with(ended), List.of());
                        });
        return cancelled.map(job -> job.job(this::fetch));
    }

    @Override
    public boolean delete(TenantContext tenant, JobId id) {
        return change(
                registry ->
                        registry.find(tenant.tenant(), id)
                                .map(job -> Change.to(true, registry.without(job), data(job)))
                                .orElse(Change.none(false)));
    }

    private static List<JobData> data(JobRecord job) {
        var data = new ArrayList<>(List.of(job.request(), job.checkpoint()));
        job.result().ifPresent(data::add);
        return data;
    }

    @Override
    public Optional<Claim> claim(WorkerId worker, Set<String> kinds, Duration duration) {
        long now = clock.millis();
        long until = now + duration.toMillis();
        Optional<JobRecord> claimed =
                change(
                        registry ->
                                registry.all().stream()
                                        .filter(job -> kinds.contains(job.kind()) && job.free(now))
                                        .min(
                                                Comparator.comparingLong(JobRecord::due)
                                                        .thenComparing(JobRecord::id))
                                        .map(job -> job.claimed(worker, now, until))
                                        .map(
                                                job ->
                                                        Change.to(
                                                                Optional.of(job),
                                                                registry.with(job),
                                                                List.<JobData>of()))
                                        .orElse(Change.none(Optional.empty())));
        return claimed.map(
                job ->
                        new Claim(
                                new Lease(job.tenant(), job.id(), worker, job.token()),
                                job.job(this::fetch),
                                Instant.ofEpochMilli(until)));
    }

    /** Changes a job if this lease is held. */
    private void change(Lease lease, UnaryOperator<JobRecord> change) {
        change(
                registry -> {
                    JobRecord job =
                            registry.find(lease.tenant(), lease.job())
                                    .filter(found -> found.heldBy(lease))
                                    .orElseThrow(
                                            () ->
                                                    new StorageException.LeaseLost(
                                                            "the lease of job %s is no longer held"
                                                                    .formatted(lease.job())));
                    JobRecord changed = change.apply(job);
                    var unused = new ArrayList<>(data(job));
                    unused.removeAll(data(changed));
                    return Change.to(changed, registry.with(changed), unused);
                });
    }

    @Override
    public Instant heartbeat(Lease lease, Duration duration) {
        long until = clock.millis() + duration.toMillis();
        change(lease, job -> job.renewed(until));
        return Instant.ofEpochMilli(until);
    }

    @Override
    public void checkpoint(Lease lease, Progress progress, Json checkpoint) {
        JobRecord.requireSize("the checkpoint", checkpoint.length(), Job.MAX_DATA);
        JobData data = store(lease.tenant(), checkpoint);
        change(lease, job -> job.advanced(progress, data));
    }

    @Override
    public void release(Lease lease) {
        long now = clock.millis();
        change(lease, job -> job.waiting(job.attempts() - 1, now, job.failure()));
    }

    @Override
    public void putOff(Lease lease, String failure, Instant due) {
        JobRecord.requireSize("the failure", failure.length(), Job.MAX_FAILURE);
        change(lease, job -> job.waiting(job.attempts(), due.toEpochMilli(), Optional.of(failure)));
    }

    @Override
    public void finish(Lease lease, Progress progress, Json result) {
        JobRecord.requireSize("the result", result.length(), Job.MAX_DATA);
        JobData data = store(lease.tenant(), result);
        long now = clock.millis();
        change(
                lease,
                job ->
                        job.ended(
                                JobState.COMPLETED,
                                now,
                                progress,
                                Optional.of(data),
                                job.failure()));
    }

    @Override
    public void fail(Lease lease, String failure) {
        JobRecord.requireSize("the failure", failure.length(), Job.MAX_FAILURE);
        long now = clock.millis();
        change(
                lease,
                job ->
                        job.ended(
                                JobState.FAILED,
                                now,
                                job.progress(),
                                Optional.empty(),
                                Optional.of(failure)));
    }

    @Override
    public List<Job> endedBefore(Instant time, int limit) {
        long before = time.toEpochMilli();
        return withData(
                registry ->
                        jobs(
                                registry.all().stream()
                                        .filter(job -> job.state().ended() && job.ended() < before)
                                        .sorted(Comparator.comparingLong(JobRecord::ended))
                                        .limit(limit)));
    }

    @Override
    public List<JobCount> counts() {
        Map<JobCount, Long> counts = new HashMap<>();
        read().registry()
                .all()
                .forEach(
                        job ->
                                counts.merge(
                                        new JobCount(job.kind(), job.state(), 0), 1L, Long::sum));
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
