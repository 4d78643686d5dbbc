package dev.andiron.server.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.view.CompiledView;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.Content;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.job.JobContext;
import dev.andiron.server.job.JobFailedException;
import dev.andiron.server.job.JobFileType;
import dev.andiron.server.job.JobFiles;
import dev.andiron.server.job.JobKind;
import dev.andiron.server.operation.ParametersResource;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.RowCursor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Writes the tables of views into files. A table that is whole is done for good; an attempt that
 * ended within a table is followed by one that writes that table anew, under other names.
 */
public final class ViewExportJob implements JobKind {
    /** The name of these jobs. */
    public static final String KIND = "view-export";

    private final Storage storage;
    private final Definitions definitions;
    private final long fileSize;

    /**
     * @param fileSize the bytes after which a table goes on in another file
     */
    public ViewExportJob(Storage storage, Definitions definitions, long fileSize) {
        this.storage = storage;
        this.definitions = definitions;
        this.fileSize = fileSize;
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Json run(JobContext context) {
        var request = ViewExportRequest.of(context.job().request());
        var output = ViewExportOutput.of(context.checkpoint());
        List<ViewExportRequest.Table> views = request.views();
        for (int i = output.tables().size(); i < views.size(); i++) {
            ViewExportOutput before = output;
            var files =
                    new ViewExportFiles(
                            context,
                            storage.blobs(),
                            request,
                            views.get(i).name(),
                            fileSize,
                            rows ->
                                    context.checkpoint(
                                            progress(before, views.size(), rows), before.json()));
            output = output.and(table(context, request, views.get(i), files));
            context.checkpoint(progress(output, views.size(), 0), output.json());
        }
        return output.json();
    }

    private static Progress progress(ViewExportOutput output, int views, long more) {
        return new Progress(
                output.tables().size(),
                OptionalLong.of(views),
                "%d of %d views, %d rows"
                        .formatted(output.tables().size(), views, output.rows() + more));
    }

    private ViewExportOutput.Table table(
            JobContext context,
            ViewExportRequest request,
            ViewExportRequest.Table table,
            ViewExportFiles files) {
        CompiledView view = CompiledView.compile(table.definition(), "", definitions);
        var criterion = request.filter().criterion(view.resourceType(), definitions);
        try (files;
                RowCursor rows =
                        storage.views()
                                .run(context.tenant(), view, criterion, OptionalLong.empty())) {
            files.begin(view.columns());
            for (List<Row> next = rows.next(); !next.isEmpty(); next = rows.next()) {
                context.check();
                for (Row row : next) {
                    files.write(row);
                }
            }
            return files.end();
        } catch (StorageException.Unprocessable e) {
            throw new JobFailedException(named(table.name(), e.getMessage()));
        }
    }

    /** What a runner says begins with the view, whose name it may not know; a format's does not. */
    private static String named(String table, String reason) {
        String unnamed = "the view on ";
        if (reason.startsWith(unnamed)) {
            return "the view '%s' on %s".formatted(table, reason.substring(unnamed.length()));
        }
        return reason.startsWith("the view '")
                ? reason
                : "the view '%s': %s".formatted(table, reason);
    }

    @Override
    public boolean redirects() {
        return true;
    }

    @Override
    public Optional<JobFileType> fileType(Job job, String part) {
        return job.result()
                .filter(result -> ViewExportOutput.of(result).has(part))
                .map(_ -> ViewExportRequest.of(job.request()).form().format())
                .map(format -> new JobFileType(format.contentType(), format.isCompressed()));
    }

    @Override
    public FhirResponse answer(FhirRequest request, Job job) {
        var export = ViewExportRequest.of(job.request());
        Instant begun = job.started().orElse(job.submitted());
        Instant ended = job.ended().orElseThrow();
        var answer = new ParametersResource().string("exportId", job.id().value());
        export.trackingId().ifPresent(id -> answer.string("clientTrackingId", id));
        answer.value("status", "Code", JsonString.of("completed"))
                .value("_format", "Code", JsonString.of(export.form().format().word()))
                .value("exportStartTime", "Instant", JsonString.of(begun.toString()))
                .value("exportEndTime", "Instant", JsonString.of(ended.toString()))
                .value(
                        "exportDuration",
                        "Integer",
                        JsonNumber.of(Duration.between(begun, ended).toSeconds()));
        for (var table : ViewExportOutput.of(job.result().orElseThrow()).tables()) {
            var output = new ParametersResource().string("name", table.name());
            for (String part : table.parts()) {
                String url = JobFiles.url(request, job.id(), part);
                output.value("location", "Uri", JsonString.of(url));
            }
            answer.parts("output", output);
        }
        return FhirResponse.of(200, Content.of(answer.build()));
    }
}
