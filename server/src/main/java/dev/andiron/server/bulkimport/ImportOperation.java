package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.bulkimport.ImportSource.Form;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.RequestBody;
import dev.andiron.server.interaction.ResourceWriter;
import dev.andiron.server.job.BlobOutput;
import dev.andiron.server.job.Jobs;
import dev.andiron.server.operation.Operation;
import dev.andiron.server.operation.Operation.Level;
import dev.andiron.server.operation.OperationCall;
import dev.andiron.server.operation.OperationParameters;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.tenant.Permission;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * {@code $import}: files that the server fetches, by a job; or what the request itself brings, by a
 * job or at once.
 */
public final class ImportOperation {
    private static final String PART = "upload";
    private static final int BUFFER = 64 << 10;
    private static final int LONGEST_NAME = 1_000;

    private final Storage storage;
    private final ImportJob job;
    private final ImportSettings settings;
    private final Jobs jobs;

    public ImportOperation(Storage storage, ImportJob job, Jobs jobs) {
        this.storage = storage;
        this.job = job;
        settings = job.settings();
        this.jobs = jobs;
    }

    /** The operation, for the table. */
    public Operation operation() {
        return Operation.writing(
                        "$import",
                        "urn:andiron:operation:import",
                        EnumSet.of(Level.SYSTEM),
                        Set.of(),
                        this::perform)
                .readingBody();
    }

    private FhirResponse perform(OperationCall call) {
        FhirRequest request = call.request();
        request.tenant().require(Permission.WRITE);
        boolean async = request.preferences().async();
        return switch (request.body()) {
            case RequestBody.Upload(InputStream stream, String _) ->
                    async ? upload(call, stream, Form.LINES) : atOnce(call, stream, Form.LINES);
            case RequestBody.Absent _ ->
                    throw new FhirException(
                            400,
                            "required",
                            "An import needs a body: the JSON of an import, Parameters, a Bundle or"
                                    + " NDJSON.");
            case RequestBody.Text _, RequestBody.Resource _ ->
                    described(call, ResourceWriter.resource(request), async);
        };
    }

    private FhirResponse described(OperationCall call, JsonObject body, boolean async) {
        FhirRequest request = call.request();
        if (body.string("resourceType").orElse("").equals("Bundle")) {
            byte[] json = JsonWriter.compact(body);
            var stream = new ByteArrayInputStream(json);
            return async ? upload(call, stream, Form.BUNDLE) : atOnce(call, stream, Form.BUNDLE);
        }
        call.parameters().refuseOthers(Set.of());
        if (!async) {
            throw new FhirException(
                    400,
                    "required",
                    "An import of files takes its time; it needs Prefer: respond-async.");
        }
        requireBlobs();
        ImportRequest asked = ImportParameters.read(settings, body, request.base());
        return Jobs.accepted(request, jobs.submit(request, ImportJob.KIND, asked.json()));
    }

    /** Errors are told in files. */
    private void requireBlobs() {
        if (!storage.capabilities().blobs()) {
            throw new StorageException.NotSupported(
                    "the backend '%s' keeps no files, which an import by a job needs"
                            .formatted(storage.name()));
        }
    }

    /** What an upload says about itself in its URL. */
    private record Label(String source, long line, Optional<String> type) {
        static Label of(OperationParameters parameters) {
            parameters.refuseOthers(Set.of("source", "line", "type"));
            String source = parameters.text("source").orElse("upload");
            if (source.length() > LONGEST_NAME) {
                throw new FhirException(
                        400,
                        "too-long",
                        "source takes at most %d characters.".formatted(LONGEST_NAME));
            }
            int line = parameters.number("line", 1, 999_999_999).orElse(1);
            return new Label(source, line, parameters.text("type"));
        }

        ImportSource source(Form form) {
            return new ImportSource(source, type, form, OptionalLong.empty(), false);
        }
    }

    /** Keeps an upload with the job that imports it. */
    private FhirResponse upload(OperationCall call, InputStream stream, Form form) {
        FhirRequest request = call.request();
        var label = Label.of(call.parameters());
        if (label.line() != 1) {
            throw new FhirException(
                    400, "value", "line is for imports without Prefer: respond-async.");
        }
        requireBlobs();
        jobs.requireRoom(request.tenant());
        JobId id = Jobs.newId();
        try {
            keep(request, id, stream);
            var source =
                    new ImportSource(
                            ImportSource.UPLOAD + PART + "?" + label.source(),
                            label.type(),
                            form,
                            OptionalLong.empty(),
                            false);
            var asked =
                    new ImportRequest(
                            request.base(), List.of(source), Optional.empty(), Optional.empty());
            Job accepted = jobs.submit(request, id, ImportJob.KIND, asked.json());
            return Jobs.accepted(request, accepted);
        } catch (RuntimeException e) {
            storage.blobs().delete(request.tenant(), id);
            throw e;
        }
    }

    private void keep(FhirRequest request, JobId id, InputStream stream) {
        var name = new BlobName(id, PART);
        try (var out = new BlobOutput(storage.blobs().write(request.tenant(), name))) {
            var buffer = new byte[BUFFER];
            long size = 0;
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                size += read;
                if (size > settings.upload()) {
                    throw new FhirException(
                            413,
                            "too-long",
                            "The upload is larger than the %d bytes that import.upload allows."
                                    .formatted(settings.upload()));
                }
                out.write(buffer, 0, read);
            }
            out.finish();
        } catch (IOException e) {
            throw new FhirException(400, "incomplete", "The upload did not arrive completely.");
        }
    }

    /** Imports what arrives while it arrives. */
    private FhirResponse atOnce(OperationCall call, InputStream stream, Form form) {
        FhirRequest request = call.request();
        var label = Label.of(call.parameters());
        var track = new AnswerTrack();
        ImportSource source = label.source(form);
        var start = ImportState.START.fromLine(label.line());
        try (var run =
                new ImportRun(
                        job.tools(request.tenant()),
                        ResourceStorer.request(
                                request.tenant(), request.base(), new RequestBody.Absent()),
                        List.of(source),
                        _ -> new SourceFiles.Opened(SourceFiles.unpacked(stream), ""),
                        false,
                        track,
                        start)) {
            return track.answer(run.run());
        } catch (StorageException.Unavailable e) {
            if (e.getCause() instanceof IOException) {
                throw new FhirException(400, "incomplete", "The body did not arrive completely.");
            }
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException.Timeout("The import was interrupted.", e);
        }
    }
}
