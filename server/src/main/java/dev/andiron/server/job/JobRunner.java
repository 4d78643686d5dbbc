package dev.andiron.server.job;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.job.Claim;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.job.WorkerId;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantContext;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The workers of this server: claims jobs, does each on a virtual thread, keeps their leases from
 * another thread, tries again what failed, and removes what is old. Safe for use by many threads.
 */
public final class JobRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    private static final int SWEEP = 100;
    private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);

    /** How many heartbeats fit into a lease. */
    private static final int BEATS = 3;

    private static final Duration GRACE = Duration.ofSeconds(5);

    private final JobStore store;
    private final Optional<BlobStore> blobs;
    private final Map<String, JobKind> kinds;
    private final JobSettings settings;
    private final InstantSource clock;
    private final JobObserver observer;
    private final WorkerId worker =
            new WorkerId(ProcessHandle.current().pid() + "." + UUID.randomUUID());
    private final Map<Thread, JobContext> running = new ConcurrentHashMap<>();
    private final Semaphore places;
    private final Semaphore wakes = new Semaphore(0);
    private final Thread claimer;
    private final Thread keeper;
    private final Thread sweeper;
    private volatile boolean closed;

    /** Why a job stops that this server gives back. */
    private static final class Stopping extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stopping() {
            super("the server is stopping", null, false, false);
        }
    }

    /**
     * @param kinds what can be done, by name
     * @param blobs where jobs have their output
     */
    public JobRunner(
            JobStore store,
            Optional<BlobStore> blobs,
            Map<String, JobKind> kinds,
            JobSettings settings,
            InstantSource clock,
            JobObserver observer) {
        this.store = store;
        this.blobs = blobs;
        this.kinds = Map.copyOf(kinds);
        this.settings = settings;
        this.clock = clock;
        this.observer = observer;
        places = new Semaphore(settings.workers());
        claimer = Thread.ofVirtual().name("job-claimer").unstarted(this::claimAll);
        keeper = Thread.ofVirtual().name("job-lease-keeper").unstarted(this::keepLeases);
        sweeper = Thread.ofVirtual().name("job-sweeper").unstarted(this::sweepAll);
    }

    /** Begins to claim jobs. */
    public void start() {
        claimer.start();
        keeper.start();
        sweeper.start();
    }

    /** Looks for jobs at once, since there is a new one. */
    public void wake() {
        wakes.release();
    }

    /** How many jobs run in this server. */
    public int running() {
        return running.size();
    }

    private void claimAll() {
        try {
            while (!closed) {
                places.acquire();
                Optional<Claim> claim = claim();
                if (claim.isPresent() && !closed) {
                    begin(claim.get());
                } else {
                    claim.ifPresent(each -> store.release(each.lease()));
                    places.release();
                    wakes.tryAcquire(settings.poll().toMillis(), TimeUnit.MILLISECONDS);
                    wakes.drainPermits();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private Optional<Claim> claim() {
        try {
            return store.claim(worker, Set.copyOf(kinds.keySet()), settings.lease());
        } catch (RuntimeException e) {
            LOG.warn("Jobs cannot be claimed now: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private void begin(Claim claim) {
        var context = new JobContext(store, claim);
        Thread thread =
                Thread.ofVirtual().name("job-" + claim.job().id()).unstarted(() -> work(context));
        running.put(thread, context);
        thread.start();
    }

    private void work(JobContext context) {
        Job job = context.job();
        long begun = System.nanoTime();
        String outcome = "failed";
        try {
            outcome = attempt(context);
        } catch (StorageException.LeaseLost lost) {
            // The one place where a worker learns that it is not the one any more.
            outcome = "lost";
            LOG.info("Job {} of {} goes on elsewhere, or was cancelled", job.id(), job.tenant());
        } catch (RuntimeException e) {
            LOG.warn("Job {} of {} cannot be given back", job.id(), job.tenant(), e);
        } finally {
            running.remove(Thread.currentThread());
            places.release();
            wake();
            observer.ended(job.kind(), outcome, System.nanoTime() - begun);
        }
    }

    /** One attempt with its end. */
    private String attempt(JobContext context) {
        Job job = context.job();
        try {
            if (job.attempts() > settings.attempts()) {
                throw new JobFailedException(
                        "the server crashed in each of %d attempts".formatted(settings.attempts()));
            }
            Json result = patience(context, () -> kinds.get(job.kind()).run(context));
            context.check();
            patience(
                    context,
                    () -> {
                        store.finish(context.lease(), context.progress(), result);
                        return result;
                    });
            return "completed";
        } catch (Stopping _) {
            return release(context);
        } catch (InterruptedException _) {
            return release(context);
        } catch (JobFailedException e) {
            return fail(context, e.getMessage());
        } catch (StorageException.LeaseLost e) {
            throw e;
        } catch (RuntimeException e) {
            return closed ? release(context) : retry(context, e);
        }
    }

    /** Something that a storage in trouble may keep from being done for a while. */
    @FunctionalInterface
    private interface Work {
        Json run() throws InterruptedException;
    }

    /**
     * Does something again, from the last checkpoint, while the storage is in trouble that passes.
     * That is no fault of the job, so it costs no attempt, up to a time without any checkpoint.
     */
    private Json patience(JobContext context, Work work) throws InterruptedException {
        Json stood = context.checkpoint();
        long begun = System.nanoTime();
        for (int tries = 1; ; tries++) {
            try {
                return work.run();
            } catch (StorageException.Unavailable | StorageException.Timeout e) {
                context.check();
                if (!context.checkpoint().equals(stood)) {
                    stood = context.checkpoint();
                    begun = System.nanoTime();
                    tries = 1;
                }
                if (closed || System.nanoTime() - begun > settings.patience().toNanos()) {
                    throw e;
                }
                LOG.info("Job {} waits for the storage: {}", context.job().id(), e.getMessage());
                Thread.sleep(settings.poll().multipliedBy(1L << Math.min(tries - 1, 4)));
            }
        }
    }

    private String release(JobContext context) {
        boolean interrupted = Thread.interrupted(); // or the storage would refuse the call
        LOG.info("Job {} is given back, interrupted: {}", context.job().id(), interrupted);
        store.release(context.lease());
        return "released";
    }

    private String fail(JobContext context, String reason) {
        LOG.warn("Job {} of {} failed: {}", context.job().id(), context.job().tenant(), reason);
        store.fail(context.lease(), shortened(reason));
        JobKind kind = kinds.get(context.job().kind());
        try {
            kind.dropped(context.job());
        } catch (RuntimeException e) {
            LOG.warn("What job {} leaves cannot be removed", context.job().id(), e);
        }
        return "failed";
    }

    private String retry(JobContext context, RuntimeException e) {
        Job job = context.job();
        String reason = reason(e);
        if (isFinal(e) || job.attempts() >= settings.attempts()) {
            return fail(context, reason);
        }
        LOG.warn("An attempt at job {} of {} failed", job.id(), job.tenant(), e);
        Instant due = now().plus(settings.pause(job.attempts()));
        store.putOff(context.lease(), shortened(reason), due);
        return "retried";
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static boolean isFinal(RuntimeException e) {
        return e instanceof StorageException.NotSupported
                || e instanceof StorageException.NotPermitted
                || e instanceof FhirException;
    }

    private static String reason(RuntimeException e) {
        return e instanceof StorageException || e instanceof FhirException
                ? e.getMessage()
                : "the server failed by a defect; its log says why";
    }

    private static String shortened(String reason) {
        return reason.length() <= Job.MAX_FAILURE
                ? reason
                : reason.substring(0, Job.MAX_FAILURE - 1) + "…";
    }

    private void keepLeases() {
        try {
            while (!closed) {
                Thread.sleep(settings.lease().dividedBy(BEATS));
                running.forEach(this::heartbeat);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /** Trouble of the storage passes or lets the lease expire; a lost lease stops the job. */
    private void heartbeat(Thread thread, JobContext context) {
        try {
            store.heartbeat(context.lease(), settings.lease());
        } catch (StorageException e) {
            LOG.warn("The lease of job {} was not renewed: {}", context.job().id(), e.getMessage());
            if (e instanceof StorageException.LeaseLost) {
                context.end(e);
                thread.interrupt();
            }
        } catch (RuntimeException e) {
            LOG.warn("The lease of job {} was not renewed", context.job().id(), e);
        }
    }

    private void sweepAll() {
        try {
            while (!closed) {
                sweep();
                Thread.sleep(SWEEP_EVERY);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /** Removes jobs that ended long ago, and their output. */
    void sweep() {
        try {
            for (Job job : store.endedBefore(now().minus(settings.keep()), SWEEP)) {
                JobKind kind = kinds.get(job.kind());
                if (kind == null || kind.isForgotten(job)) {
                    TenantContext tenant = TenantContext.of(job.tenant());
                    blobs.ifPresent(files -> files.delete(tenant, job.id()));
                    store.delete(tenant, job.id());
                }
            }
        } catch (RuntimeException e) {
            LOG.warn("Old jobs cannot be removed now: {}", e.getMessage());
        }
    }

    /**
     * Claims no more, and gives back what runs: each job stops at its next checkpoint, or is
     * interrupted after a while, and another server goes on with it.
     */
    @Override
    public void close() {
        closed = true;
        claimer.interrupt();
        sweeper.interrupt();
        running.values().forEach(context -> context.end(new Stopping()));
        try {
            claimer.join(GRACE);
            await(GRACE);
            running.keySet().forEach(Thread::interrupt);
            await(GRACE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        keeper.interrupt();
    }

    private void await(Duration time) throws InterruptedException {
        long deadline = System.nanoTime() + time.toNanos();
        for (Thread thread : running.keySet()) {
            thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        }
    }
}
