package dev.andiron.server.job;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.Download;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobList;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.job.JobSubmission;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantContext;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * How jobs are asked for and watched over HTTP: accepted with 202 and the URL of their status,
 * which tells 202 while they run, then their result; a delete cancels. Safe for use by many
 * threads.
 */
public final class Jobs {
    /** The segment of status URLs behind the base. */
    public static final String STATUS = "$job-status";

    /** The segment of a result's URL behind that of the status. */
    public static final String RESULT = "result";

    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    private static final Set<JobState> OPEN = Set.of(JobState.ACCEPTED, JobState.RUNNING);
    private static final String RETRY_AFTER = "Retry-After";

    private final Storage storage;
    private final JobSettings settings;
    private final Map<String, JobKind> kinds;
    private final InstantSource clock;
    private final Runnable wake;
    private final PollTolerance polls;

    /**
     * @param kinds what can be done, by name
     * @param wake tells the workers of this server that there is something to do
     */
    public Jobs(
            Storage storage,
            JobSettings settings,
            Map<String, JobKind> kinds,
            InstantSource clock,
            Runnable wake) {
        this.storage = storage;
        this.settings = settings;
        this.kinds = Map.copyOf(kinds);
        this.clock = clock;
        this.wake = wake;
        polls = new PollTolerance(settings.polls(), clock);
    }

    /**
     * Submits a job for a client, to whom it belongs.
     *
     * @param request what the client sent
     * @param asked what the job needs to know, a JSON object
     * @throws dev.andiron.spi.StorageException.NotSupported if the backend keeps no jobs
     * @throws FhirException 429 if too many of the tenant's wait or run
     */
    public Job submit(FhirRequest request, String kind, Json asked) {
        requireRoom(request.tenant());
        return submit(request, newId(), kind, asked);
    }

    /** Submits a job for a client for which there is room, unless there is one of this id. */
    public Job submit(FhirRequest request, JobId id, String kind, Json asked) {
        return require(request.tenant(), id, kind, JobOwner.mark(asked, request.principal()));
    }

    /**
     * Refuses while too many jobs of a tenant wait or run.
     *
     * @throws FhirException 429
     */
    public void requireRoom(TenantContext tenant) {
        var open = new JobList(Set.of(), OPEN, Optional.empty(), settings.perTenant());
        if (storage.jobs().list(tenant, open).size() >= settings.perTenant()) {
            throw new FhirException(
                    429,
                    "throttled",
                    "%d jobs of tenant %s wait or run already; try again when one has ended."
                            .formatted(settings.perTenant(), tenant.tenant()));
        }
    }

    /** Submits a job that the server itself needs, however many there are. */
    public Job require(TenantContext tenant, String kind, Json request) {
        return require(tenant, newId(), kind, request);
    }

    /** An id for a job that is to be submitted. */
    public static JobId newId() {
        return new JobId(UUID.randomUUID().toString());
    }

    /** Submits a job that the server itself needs, unless there is one of this id. */
    public Job require(TenantContext tenant, JobId id, String kind, Json request) {
        Job job = storage.jobs().submit(tenant, new JobSubmission(id, kind, request));
        wake.run();
        return job;
    }

    /** Ends a job that turned out not to be needed. */
    public void withdraw(TenantContext tenant, JobId id) {
        storage.jobs().delete(tenant, id);
    }

    /** Tells a client where to watch a job. */
    public static FhirResponse accepted(FhirRequest request, Job job) {
        String url = statusUrl(request, job.id());
        return FhirResponse.outcome(
                        202, List.of(Issue.information("informational", "Accepted: see " + url)))
                .withHeader("Content-Location", url);
    }

    /** Where to watch a job. */
    public static String statusUrl(FhirRequest request, JobId id) {
        return request.base() + "/" + STATUS + "/" + id;
    }

    /** How a job stands. */
    public FhirResponse status(FhirRequest request) {
        Job job = find(request);
        JobKind known = kinds.get(job.kind());
        if (job.state().ended() && known != null && known.redirects()) {
            return FhirResponse.of(303)
                    .withLocation(statusUrl(request, job.id()) + "/" + RESULT)
                    .withHeader("Expires", expires(job));
        }
        if (job.state().ended()) {
            polls.forget(request.tenant().tenant(), job.id());
            return ended(request, job);
        }
        return polls.allows(request.tenant().tenant(), job.id())
                ? inProgress(request, job)
                : tooOften(new Forecast(job, clock.instant()));
    }

    private static FhirResponse tooOften(Forecast forecast) {
        long seconds = forecast.pause().toSeconds();
        return FhirResponse.outcome(
                        429,
                        List.of(
                                Issue.error(
                                        "throttled",
                                        "The status is asked for too often; ask again in %d s."
                                                .formatted(seconds))))
                .withHeader("X-Progress", forecast.text())
                .withHeader(RETRY_AFTER, Long.toString(seconds));
    }

    /** What an ended job led to. */
    public FhirResponse result(FhirRequest request) {
        Job job = find(request);
        if (!job.state().ended()) {
            throw new FhirException(
                    404,
                    "not-found",
                    "The job '%s' has no result yet; its status is at %s."
                            .formatted(job.id(), statusUrl(request, job.id())));
        }
        return ended(request, job);
    }

    private FhirResponse ended(FhirRequest request, Job job) {
        return switch (job.state()) {
            case ACCEPTED, RUNNING -> throw new IllegalArgumentException("the job has not ended");
            case COMPLETED -> {
                JobKind kind = kinds.get(job.kind());
                if (kind == null) {
                    throw new FhirException(
                            501,
                            "not-supported",
                            "This server does not know jobs of kind " + job.kind() + ".");
                }
                yield kind.answer(request, job).withHeader("Expires", expires(job));
            }
            case FAILED ->
                    FhirResponse.outcome(
                                    500,
                                    List.of(
                                            Issue.error(
                                                    "exception",
                                                    "The job failed: "
                                                            + job.failure().orElse("no reason"))))
                            .withHeader("Expires", expires(job));
            case CANCELLED -> throw unknown(request);
        };
    }

    private FhirResponse inProgress(FhirRequest request, Job job) {
        Optional<JobKind> kind = Optional.ofNullable(kinds.get(job.kind()));
        var forecast = new Forecast(job, clock.instant());
        Optional<Download> partial = kind.flatMap(each -> each.partial(request, job));
        FhirResponse response =
                partial.isPresent()
                        ? FhirResponse.of(202, partial.get())
                        : FhirResponse.outcome(202, issues(forecast, kind, job));
        return response.withHeader("X-Progress", forecast.text())
                .withHeader(RETRY_AFTER, Long.toString(forecast.pause().toSeconds()));
    }

    private static List<Issue> issues(Forecast forecast, Optional<JobKind> kind, Job job) {
        var issues = new ArrayList<Issue>();
        issues.add(Issue.information("informational", forecast.text()));
        kind.map(each -> each.details(job))
                .orElse(List.of())
                .forEach(line -> issues.add(Issue.information("informational", line)));
        return issues;
    }

    /** The jobs of whoever asks and those of the whole tenant, newest first. */
    public FhirResponse list(FhirRequest request) {
        return new JobListing(storage, request, clock.instant()).page();
    }

    private String expires(Job job) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                job.ended().orElse(clock.instant()).plus(settings.keep()).atZone(ZoneOffset.UTC));
    }

    /** Cancels a job, or removes what it made. */
    public FhirResponse cancel(FhirRequest request) {
        Job job = find(request);
        boolean ended = job.state().ended();
        JobKind kind = kinds.get(job.kind());
        if (ended && kind != null && !kind.isForgotten(job)) {
            throw new FhirException(
                    409, "conflict", "The job is kept until another has done its work.");
        }
        if (ended) {
            storage.jobs().delete(request.tenant(), job.id());
        } else {
            storage.jobs().cancel(request.tenant(), job.id());
            drop(kind, job);
        }
        if (storage.capabilities().blobs()) {
            storage.blobs().delete(request.tenant(), job.id());
        }
        return FhirResponse.outcome(
                202,
                List.of(
                        Issue.information(
                                "informational",
                                ended
                                        ? "The job and its output were removed."
                                        : "The job was cancelled.")));
    }

    private static void drop(JobKind kind, Job job) {
        try {
            if (kind != null) {
                kind.dropped(job);
            }
        } catch (RuntimeException e) {
            LOG.warn("What the cancelled job {} leaves cannot be removed now", job.id(), e);
        }
    }

    private Job find(FhirRequest request) {
        String id = request.path().get(1);
        return (JobId.isWellFormed(id)
                        ? storage.jobs().read(request.tenant(), new JobId(id))
                        : Optional.<Job>empty())
                .filter(job -> job.state() != JobState.CANCELLED)
                .filter(job -> JobOwner.isFor(request, job))
                .orElseThrow(() -> unknown(request));
    }

    private static FhirException unknown(FhirRequest request) {
        return new FhirException(
                404, "not-found", "There is no job '" + request.path().get(1) + "'.");
    }
}
