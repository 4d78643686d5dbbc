package dev.andiron.server.composite;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.kernel.composite.Composite;
import dev.andiron.kernel.composite.Difference;
import dev.andiron.kernel.composite.Difference.Kind;
import dev.andiron.kernel.composite.Reconciliation;
import dev.andiron.kernel.composite.Reconciliation.Stretch;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.Content;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.job.BlobOutput;
import dev.andiron.server.job.JobContext;
import dev.andiron.server.job.JobFileType;
import dev.andiron.server.job.JobFiles;
import dev.andiron.server.job.JobKind;
import dev.andiron.server.operation.ParametersResource;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.resource.Json;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Compares a follower with its primary, and repairs it if asked to. What was found is remembered
 * durably before it is repaired, so an attempt that ends between the two is followed by one that
 * still lists and repairs it.
 */
public final class ReconcileJob implements JobKind {
    /** The name of these jobs. */
    public static final String KIND = "reconcile";

    private static final int STRETCH = 1_000;

    /** How many differences a checkpoint holds before they go into a file. */
    private static final int LISTED = 2_000;

    private final Storage storage;
    private final Composites composites;
    private final Optional<Duration> every;
    private final InstantSource clock;

    /**
     * @param every how often the server itself asks for it; a job of its own is kept as long
     */
    public ReconcileJob(
            Storage storage, Composites composites, Optional<Duration> every, InstantSource clock) {
        this.storage = storage;
        this.composites = composites;
        this.every = every;
        this.clock = clock;
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Json run(JobContext context) throws InterruptedException {
        var request = ReconcileRequest.of(context.job().request());
        Composite composite = composites.ofJob(request.composite());
        Reconciliation reconciliation = composite.reconciliation();
        var patience = new Patience(context);
        ReconcileState state;
        if (context.checkpoint().isEmpty()) {
            state =
                    ReconcileState.start(
                            patience.with(() -> reconciliation.total(context.tenant())));
        } else {
            state = ReconcileState.of(context.checkpoint());
            state = settled(context, request, reconciliation, state, patience);
        }
        while (!state.isEnded()) {
            ReconcileState now = state;
            Stretch stretch =
                    patience.with(
                            () ->
                                    reconciliation.next(
                                            context.tenant(),
                                            request.comparesContent(),
                                            now.last(),
                                            STRETCH));
            state = state.and(stretch.compared(), stretch.differences(), stretch.end());
            context.checkpoint(state.progress(), state.json());
            state = settled(context, request, reconciliation, state, patience);
        }
        return (state.listed().isEmpty() ? state : filed(context, state)).json();
    }

    /** Repairs what was found, and moves a long list into a file. */
    private ReconcileState settled(
            JobContext context,
            ReconcileRequest request,
            Reconciliation reconciliation,
            ReconcileState state,
            Patience patience)
            throws InterruptedException {
        List<Difference> found = state.toRepair();
        if (request.repairs() && !found.isEmpty()) {
            patience.with(
                    () -> {
                        reconciliation.repair(context.tenant(), found);
                        return found.size();
                    });
        }
        ReconcileState settled = state.repaired();
        return settled.listed().size() >= LISTED ? filed(context, settled) : settled;
    }

    private ReconcileState filed(JobContext context, ReconcileState state) {
        String part = context.part("differences-" + (state.parts().size() + 1), ".ndjson");
        var name = new BlobName(context.job().id(), part);
        try (var out = new BlobOutput(storage.blobs().write(context.tenant(), name))) {
            for (Difference difference : state.listed()) {
                byte[] line = JsonWriter.compact(ReconcileState.object(difference));
                out.write(line, 0, line.length);
                out.write('\n');
            }
            if (!out.finish()) {
                throw new IllegalStateException("an output file of this attempt is there already");
            }
        }
        ReconcileState filed = state.filed(part);
        context.checkpoint(filed.progress(), filed.json());
        return filed;
    }

    @Override
    public Optional<JobFileType> fileType(Job job, String part) {
        return job.result()
                .filter(result -> ReconcileState.of(result).parts().contains(part))
                .map(_ -> new JobFileType("application/x-ndjson", false));
    }

    @Override
    public FhirResponse answer(FhirRequest request, Job job) {
        var asked = ReconcileRequest.of(job.request());
        var state = ReconcileState.of(job.result().orElseThrow());
        var answer =
                new ParametersResource()
                        .string("composite", asked.composite())
                        .value("repair", "Boolean", JsonBoolean.of(asked.repairs()))
                        .value("content", "Boolean", JsonBoolean.of(asked.comparesContent()))
                        .value("compared", "Decimal", JsonNumber.of(state.compared()));
        for (Kind kind : Kind.values()) {
            answer.value(ReconcileState.word(kind), "Decimal", JsonNumber.of(state.count(kind)));
        }
        for (String part : state.parts()) {
            String url = JobFiles.url(request, job.id(), part);
            answer.value("output", "Uri", JsonString.of(url));
        }
        return FhirResponse.of(200, Content.of(answer.build()));
    }

    /** The server's own stays until it is time for the next, so that there is one at a time. */
    @Override
    public boolean isForgotten(Job job) {
        return !ReconcileRequest.of(job.request()).scheduled()
                || every.isEmpty()
                || job.submitted().plus(every.get()).isBefore(clock.instant());
    }
}
