package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.bulkimport.ImportState.ErrorFile;
import dev.andiron.server.interaction.BundleInteraction;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.Interactions;
import dev.andiron.server.interaction.RequestBody;
import dev.andiron.server.interaction.Services;
import dev.andiron.server.job.BlobOutput;
import dev.andiron.server.job.JobContext;
import dev.andiron.server.job.JobFailedException;
import dev.andiron.server.job.JobFileType;
import dev.andiron.server.job.JobFiles;
import dev.andiron.server.job.JobKind;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantContext;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** Imports files, and goes on where an earlier attempt left off. */
public final class ImportJob implements JobKind {
    /** The name of these jobs. */
    public static final String KIND = "import";

    private static final String NDJSON = "application/fhir+ndjson";

    private final Storage storage;
    private final ImportSettings settings;
    private final ResourceStorer storer;
    private final Transactions transactions;
    private final Function<TenantContext, OptionalLong> applied;
    private final InstantSource clock;

    /**
     * @param bundles does transactions
     * @param applied through which position searches of a tenant see commits; empty when they see
     *     each at once
     */
    public ImportJob(
            Services services,
            BundleInteraction bundles,
            ImportSettings settings,
            Function<TenantContext, OptionalLong> applied,
            InstantSource clock) {
        storage = services.storage();
        this.settings = settings;
        storer = new ResourceStorer(services);
        transactions = new Transactions(bundles, storage);
        this.applied = applied;
        this.clock = clock;
    }

    /** Knows from now on what the entries of transactions ask for. */
    public void begin(Interactions interactions) {
        transactions.begin(interactions);
    }

    ImportSettings settings() {
        return settings;
    }

    ImportRun.Tools tools(TenantContext tenant) {
        return new ImportRun.Tools(
                storer, transactions, settings, () -> applied.apply(tenant), clock);
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Json run(JobContext context) throws InterruptedException {
        var asked = ImportRequest.of(context.job().request());
        var state = ImportState.of(context.checkpoint());
        FhirRequest request =
                ResourceStorer.request(context.tenant(), asked.base(), new RequestBody.Absent());
        try (var remote = new RemoteFiles(settings)) {
            if (asked.manifest().isPresent() && state.resolved().isEmpty()) {
                state =
                        resolve(
                                context,
                                state,
                                new RemoteExport(remote, asked.manifest().get()),
                                asked.manifest().get());
            }
            List<ImportSource> sources = state.resolved().orElse(asked.sources());
            var files =
                    new SourceFiles(
                            settings,
                            remote,
                            storage.capabilities().blobs()
                                    ? Optional.of(storage.blobs())
                                    : Optional.empty());
            try (var run =
                    new ImportRun(
                            tools(context.tenant()),
                            request,
                            sources,
                            source -> files.open(context.tenant(), context.job().id(), source),
                            true,
                            new Track(context, sources),
                            state)) {
                return run.run().json();
            }
        }
    }

    private static ImportState resolve(
            JobContext context,
            ImportState before,
            RemoteExport export,
            ImportRequest.Manifest manifest)
            throws InterruptedException {
        ImportState state = before;
        try {
            if (manifest.isDynamic() && state.exportStatus().isEmpty()) {
                state = state.exporting(export.kickOff());
                context.checkpoint(
                        new Progress(0, OptionalLong.empty(), "asked for an export"), state.json());
            }
            Optional<List<ImportSource>> files = Optional.empty();
            while (files.isEmpty()) {
                context.check();
                files = export.files(state.exportStatus().orElse(manifest.url()));
            }
            state = state.with(files.get());
            context.checkpoint(
                    new Progress(0, OptionalLong.empty(), files.get().size() + " files"),
                    state.json());
            return state;
        } catch (SourceException e) {
            throw new JobFailedException(e.getMessage());
        } catch (IOException e) {
            throw new StorageException.Unavailable(
                    "the export cannot be had now: " + e.getMessage(), Duration.ofSeconds(1), e);
        }
    }

    /**
     * A job's own traces. A fence writes the last checkpoint anew, so no newer one may come in
     * between.
     */
    private final class Track implements ImportTrack {
        private final JobContext context;
        private final List<ImportSource> sources;
        private final OptionalLong total;

        Track(JobContext context, List<ImportSource> sources) {
            this.context = context;
            this.sources = sources;
            total =
                    sources.stream().allMatch(each -> each.count().isPresent())
                            ? OptionalLong.of(
                                    sources.stream()
                                            .mapToLong(each -> each.count().orElse(0))
                                            .sum())
                            : OptionalLong.empty();
        }

        @Override
        public void check() {
            context.check();
        }

        @Override
        public synchronized void fence() {
            context.checkpoint(context.progress(), context.checkpoint());
        }

        @Override
        public synchronized void save(ImportState state) {
            long stored = state.tally().stored();
            int file = Math.min(state.place().source() + 1, Math.max(1, sources.size()));
            String text =
                    "file %d of %d, %d stored".formatted(file, sources.size(), stored)
                            + (applied.apply(context.tenant()).isPresent()
                                    ? ", %d searchable".formatted(state.visibility().searchable())
                                    : "")
                            + (state.tally().failed() > 0
                                    ? ", %d failed".formatted(state.tally().failed())
                                    : "");
            context.checkpoint(
                    new Progress(stored + state.tally().failed(), total, text), state.json());
        }

        @Override
        public String keep(int number, byte[] ndjson) {
            String part = context.part("errors-" + number, ".ndjson");
            var name = new BlobName(context.job().id(), part);
            try (var out = new BlobOutput(storage.blobs().write(context.tenant(), name))) {
                out.write(ndjson, 0, ndjson.length);
                out.finish();
            }
            return part;
        }
    }

    @Override
    public Optional<JobFileType> fileType(Job job, String part) {
        return job.result()
                .map(ImportState::of)
                .filter(state -> state.errors().stream().anyMatch(it -> it.part().equals(part)))
                .map(_ -> new JobFileType(NDJSON, false));
    }

    @Override
    public FhirResponse answer(FhirRequest request, Job job) {
        var asked = ImportRequest.of(job.request());
        var state = ImportState.of(job.result().orElseThrow());
        var errors = new ArrayList<JsonObject>();
        for (ErrorFile file : state.errors()) {
            errors.add(
                    JsonObject.builder()
                            .put("type", "OperationOutcome")
                            .put("url", JobFiles.url(request, job.id(), file.part()))
                            .put("count", file.count())
                            .build());
        }
        JsonObject manifest =
                ImportAnswer.of(
                        job.ended().orElseThrow(),
                        asked,
                        state,
                        applied.apply(request.tenant()),
                        errors,
                        request.principal().isPresent());
        return FhirResponse.of(200, new JsonDocument(JsonWriter.compact(manifest)));
    }
}
