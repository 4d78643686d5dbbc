package dev.andiron.server.export;

import dev.andiron.kernel.routing.Storage;
import dev.andiron.kernel.snapshot.Snapshot;
import dev.andiron.server.export.ExportState.Content;
import dev.andiron.server.export.ExportState.Kind;
import dev.andiron.server.export.ExportState.Task;
import dev.andiron.server.export.ExportState.TypeCount;
import dev.andiron.server.interaction.Download;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.FhirRules;
import dev.andiron.server.interaction.RunningRequests;
import dev.andiron.server.interaction.SearchParameterRegistry;
import dev.andiron.server.job.JobContext;
import dev.andiron.server.job.JobFileType;
import dev.andiron.server.job.JobKind;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Writes resources into files of lines, as they were at one moment. A file that is listed in a
 * checkpoint is done for good; whoever takes over goes on right behind it.
 */
public final class ExportJob implements JobKind {
    /** The name of these jobs. */
    public static final String KIND = "bulk-export";

    private static final JobFileType LINES = new JobFileType("application/fhir+ndjson", false);
    private static final JobFileType TABLE =
            new JobFileType("application/vnd.apache.parquet", true);
    private static final int LOOK_MILLIS = 2;
    private static final int PAUSE_MILLIS = 50;

    private final Storage storage;
    private final FhirRules rules;
    private final SearchParameterRegistry parameters;
    private final RunningRequests requests;
    private final ExportSettings settings;
    private final ExportObserver observer;
    private final InstantSource clock;

    /**
     * @param requests those of this server, which have to end before a moment is over
     * @param observer is told what is written
     */
    public ExportJob(
            Storage storage,
            FhirRules rules,
            SearchParameterRegistry parameters,
            RunningRequests requests,
            ExportSettings settings,
            ExportObserver observer,
            InstantSource clock) {
        this.storage = storage;
        this.rules = rules;
        this.parameters = parameters;
        this.requests = requests;
        this.settings = settings;
        this.observer = observer;
        this.clock = clock;
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Json run(JobContext job) throws InterruptedException {
        var request = ExportRequest.of(job.job().request());
        ExportState from =
                job.checkpoint().isEmpty() ? begin(job, request) : ExportState.of(job.checkpoint());
        TenantContext tenant = job.tenant();
        var snapshot = new Snapshot(storage, tenant, from.time(), from.position());
        var context =
                new ExportContext(
                        request,
                        tenant,
                        snapshot,
                        ExportScope.of(request, snapshot),
                        rules,
                        parameters,
                        new ReferredKeys());
        var run = new ExportRun(job, from, observer);
        ExportThreads.run(
                settings.parallel(),
                () -> new ExportWork(job, run, context, storage, settings.fileSize()).all());
        ExportState end = run.state();
        job.checkpoint(run.progress(), end.json());
        return end.json();
    }

    /** Takes the moment, and remembers it before anything is read. */
    private ExportState begin(JobContext job, ExportRequest request) throws InterruptedException {
        long position = storage.changes().last(job.tenant());
        Instant time = moment(job);
        List<TypeCount> counts =
                request.tables().isEmpty()
                        ? counts(
                                job.tenant(),
                                request,
                                new Snapshot(storage, job.tenant(), time, position))
                        : request.tables().stream()
                                .map(table -> count(job.tenant(), table.name(), table.type()))
                                .toList();
        var tasks = new ArrayList<Task>();
        if (!request.notes().isEmpty()) {
            tasks.add(Task.of(Kind.NOTES, "OperationOutcome"));
        }
        if (!request.tables().isEmpty()) {
            request.tables().forEach(table -> tasks.add(Task.of(Kind.TABLE, table.name())));
        } else if (request.organizedBy().isPresent()) {
            tasks.add(Task.of(Kind.BLOCKS, request.organizedBy().get()));
        } else {
            counts.forEach(each -> tasks.add(Task.of(request.kind(each.type()), each.type())));
        }
        if (request.since().isPresent()) {
            tasks.add(Task.of(Kind.DELETED, "Bundle"));
        }
        var state = new ExportState(time, position, tasks, List.of(), counts);
        job.checkpoint(new ExportRun(job, state, observer).progress(), state.json());
        return state;
    }

    /** Large types first: they take longest. */
    private List<TypeCount> counts(TenantContext tenant, ExportRequest request, Snapshot snapshot) {
        var types = new TreeSet<>(request.allTypes());
        types.retainAll(snapshot.types());
        return types.stream()
                .map(type -> count(tenant, type, type))
                .sorted(
                        Comparator.comparingLong(TypeCount::total)
                                .reversed()
                                .thenComparing(TypeCount::type))
                .toList();
    }

    private TypeCount count(TenantContext tenant, String name, String type) {
        long total = storage.resources().count(tenant, Optional.of(type)).orElse(-1);
        return new TypeCount(name, 0, 0, total);
    }

    /**
     * The moment that the export reflects. It is over when no request runs any more that had begun
     * by then: whatever is written from now on is written later. Other servers' requests are given
     * some time.
     */
    private Instant moment(JobContext job) throws InterruptedException {
        Instant time = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Thread.sleep(LOOK_MILLIS); // the next request's time differs
        long mark = requests.mark();
        while (requests.anyBefore(mark)) {
            job.check();
            Thread.sleep(LOOK_MILLIS);
        }
        if (storage.capabilities().shared()) {
            Instant settled = time.plus(settings.settling());
            while (clock.instant().isBefore(settled)) {
                job.check();
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        return time;
    }

    @Override
    public Optional<JobFileType> fileType(Job job, String part) {
        return shown(job)
                .flatMap(state -> state.file(part))
                .map(file -> file.content() == Content.TABLE ? TABLE : LINES);
    }

    /** What a client may have: the result, or what is finished of it if that was asked for. */
    private static Optional<ExportState> shown(Job job) {
        return job.result()
                .or(
                        () ->
                                Optional.of(job.checkpoint())
                                        .filter(_ -> !job.state().ended())
                                        .filter(checkpoint -> !checkpoint.isEmpty())
                                        .filter(_ -> ExportRequest.of(job.request()).partial()))
                .map(ExportState::of);
    }

    @Override
    public List<String> details(Job job) {
        return job.checkpoint().isEmpty()
                ? List.of()
                : ExportState.of(job.checkpoint()).counts().stream()
                        .filter(each -> each.done() + each.seen() > 0 || each.total() > 0)
                        .map(ExportJob::detail)
                        .toList();
    }

    private static String detail(TypeCount count) {
        long seen = count.done() + count.seen();
        return count.total() < 0
                ? "%s: %d".formatted(count.type(), seen)
                : "%s: %d of %d".formatted(count.type(), seen, count.total());
    }

    @Override
    public Optional<Download> partial(FhirRequest request, Job job) {
        return shown(job).flatMap(state -> new Manifest(storage, request, job, state).partial());
    }

    @Override
    public FhirResponse answer(FhirRequest request, Job job) {
        ExportState state = shown(job).orElseThrow();
        return FhirResponse.of(200, new Manifest(storage, request, job, state).complete());
    }
}
