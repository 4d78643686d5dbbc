package dev.andiron.server.export;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.export.ExportState.Content;
import dev.andiron.server.export.ExportState.File;
import dev.andiron.server.interaction.Download;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.job.JobFiles;
import dev.andiron.server.job.Jobs;
import dev.andiron.server.job.JsonDownload;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.job.Job;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Tells a client which files an export consists of. If the client takes them before the end, it
 * comes in pages of so many files, none of which changes once it was given.
 */
final class Manifest {
    /** The parameter of the status URL that names a page. */
    private static final String PAGE = "page";

    private static final int FILES = 10;

    /** How long the URLs of a store that signs them are good for; each poll gives new ones. */
    private static final Duration VALIDITY = Duration.ofHours(1);

    private final Storage storage;
    private final FhirRequest request;
    private final Job job;
    private final ExportRequest export;
    private final ExportState state;

    Manifest(Storage storage, FhirRequest request, Job job, ExportState state) {
        this.storage = storage;
        this.request = request;
        this.job = job;
        this.state = state;
        export = ExportRequest.of(job.request());
    }

    /** All files, or those of the page that was asked for. */
    Download complete() {
        if (!export.partial()) {
            return of(state.files(), false);
        }
        int page = page();
        int from = Math.min(state.files().size(), (page - 1) * FILES);
        int to = Math.min(state.files().size(), page * FILES);
        return of(state.files().subList(from, to), to == page * FILES);
    }

    /** The page that was asked for, if it is whole. */
    Optional<Download> partial() {
        return page() * FILES <= state.files().size() ? Optional.of(complete()) : Optional.empty();
    }

    private int page() {
        String text = request.parameters().first(PAGE).orElse("1");
        if (!text.matches("[1-9][0-9]{0,6}")) {
            throw new FhirException(
                    400, "value", "page takes a number from 1, not '%s'.".formatted(text));
        }
        return Integer.parseInt(text);
    }

    private Download of(List<File> files, boolean hasNext) {
        var manifest =
                JsonObject.builder()
                        .put("transactionTime", state.time().toString())
                        .put("request", export.url())
                        .put("requiresAccessToken", false)
                        .put("outputFormat", "application/fhir+ndjson")
                        .put("output", JsonArray.of(files(files, Content.OUTPUT)))
                        .put("deleted", JsonArray.of(files(files, Content.DELETED)))
                        .put("error", JsonArray.of(files(files, Content.ERROR)));
        if (hasNext) {
            String url = "%s?%s=%d".formatted(Jobs.statusUrl(request, job.id()), PAGE, page() + 1);
            manifest.putArray(
                    "link",
                    List.of(JsonObject.builder().put("relation", "next").put("url", url).build()));
        }
        return new JsonDownload(JsonWriter.compact(manifest.build()));
    }

    private List<JsonObject> files(List<File> files, Content content) {
        return files.stream().filter(file -> file.content() == content).map(this::file).toList();
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
