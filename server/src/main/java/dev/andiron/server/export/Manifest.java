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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells a client which files an export consists of. If the client takes them before the end, it
 * comes in pages of so many files, none of which changes once it was given.
 */
final class Manifest {
    /** The parameter of the status URL that names a page. */
    private static final String PAGE = "page";

    private static final int FILES = 10;
    private static final String LINES = "application/fhir+ndjson";
    private static final String PARQUET = "application/vnd.apache.parquet";

    /** How long the URLs of a store that signs them are good for; each poll gives new ones. */
    private static final Duration VALIDITY = Duration.ofHours(1);

    private final Storage storage;
    private final FhirRequest request;
    private final Job job;
    private final ExportRequest export;
    private final ExportState state;
    private final Map<String, Optional<String>> signed = new HashMap<>();

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
        int end = page() * FILES;
        return end <= state.files().size() && isClosed(state.files().subList(end - FILES, end))
                ? Optional.of(complete())
                : Optional.empty();
    }

    /** Whether the files are there that those of a page go on in. */
    private boolean isClosed(List<File> page) {
        return page.stream().noneMatch(file -> file.continues() && behind(file).isEmpty());
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
                        .put("requiresAccessToken", requiresToken(files))
                        .put("outputFormat", export.tables().isEmpty() ? LINES : PARQUET);
        export.organizedBy().ifPresent(type -> manifest.put("outputOrganizedBy", type));
        manifest.put("output", JsonArray.of(files(files, Content.OUTPUT, Content.TABLE)))
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

    /** Whoever had to say who it is has to say so for a file, too, unless its URL is signed. */
    private boolean requiresToken(List<File> files) {
        return request.principal().isPresent()
                && files.stream().anyMatch(file -> signed(file).isEmpty());
    }

    private List<JsonObject> files(List<File> files, Content... contents) {
        return files.stream()
                .filter(file -> List.of(contents).contains(file.content()))
                .map(this::file)
                .toList();
    }

    private JsonObject file(File file) {
        var json = JsonObject.builder();
        if (file.content() == Content.TABLE) {
            json.put("type", export.table(file.type()).type());
        } else if (!file.type().isEmpty()) {
            json.put("type", file.type());
        }
        json.put("url", url(file)).put("count", file.count()).put("fileSize", file.size());
        if (file.continues()) {
            json.put("continuesInFile", url(behind(file).orElseThrow()));
        }
        if (file.content() == Content.TABLE) {
            json.put("extension", JsonObject.builder().put("view", file.type()).build());
        }
        return json.build();
    }

    /** The file of blocks behind one, if it is whole. */
    private Optional<File> behind(File file) {
        List<File> files = state.files();
        return files.subList(files.indexOf(file) + 1, files.size()).stream()
                .filter(each -> each.content() == Content.OUTPUT)
                .findFirst();
    }

    private String url(File file) {
        return signed(file).orElseGet(() -> JobFiles.url(request, job.id(), file.part()));
    }

    /** The same one wherever a file is named. */
    private Optional<String> signed(File file) {
        return signed.computeIfAbsent(
                file.part(),
                part ->
                        storage.blobs()
                                .signedUrl(request.tenant(), new BlobName(job.id(), part), VALIDITY)
                                .map(URI::toString));
    }
}
