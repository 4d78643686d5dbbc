package dev.andiron.server.export;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.export.ExportState.Content;
import dev.andiron.server.export.ExportState.File;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.job.JobFiles;
import dev.andiron.server.job.JsonDownload;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.job.Job;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/** Tells a client which files an export consists of. */
final class Manifest {
    /** How long the URLs of a store that signs them are good for; each poll gives new ones. */
    private static final Duration VALIDITY = Duration.ofHours(1);

    private final Storage storage;
    private final FhirRequest request;
    private final Job job;

    Manifest(Storage storage, FhirRequest request, Job job) {
        this.storage = storage;
        this.request = request;
        this.job = job;
    }

    FhirResponse answer() {
        var export = ExportRequest.of(job.request());
        var state = ExportState.of(job.result().orElseThrow());
        var manifest =
                JsonObject.builder()
                        .put("transactionTime", state.time().toString())
                        .put("request", export.url())
                        .put("requiresAccessToken", false)
                        .put("outputFormat", "application/fhir+ndjson")
                        .putArray("output", files(state, Content.OUTPUT))
                        .putArray("deleted", files(state, Content.DELETED))
                        .putArray("error", files(state, Content.ERROR));
        return FhirResponse.of(200, new JsonDownload(JsonWriter.compact(manifest.build())));
    }

    private List<JsonObject> files(ExportState state, Content content) {
        return state.files().stream()
                .filter(file -> file.content() == content)
                .map(this::file)
                .toList();
    }

    private JsonObject file(File file) {
        return JsonObject.builder()
                .put("type", file.type())
                .put("url", url(file))
                .put("count", file.count())
                .put("fileSize", file.size())
                .build();
    }

    private String url(File file) {
        return storage.blobs()
                .signedUrl(request.tenant(), new BlobName(job.id(), file.part()), VALIDITY)
                .map(URI::toString)
                .orElseGet(() -> JobFiles.url(request, job.id(), file.part()));
    }
}
