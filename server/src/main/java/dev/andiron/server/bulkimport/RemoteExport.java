package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonSyntaxException;
import dev.andiron.server.bulkimport.ImportSource.Form;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** An export of another server: asked for, waited for, and read by its manifest. */
final class RemoteExport {
    private static final int MANIFEST = 16 << 20;
    private static final int MOST_PAGES = 1_000;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

    private final RemoteFiles remote;
    private final ImportRequest.Manifest export;

    RemoteExport(RemoteFiles remote, ImportRequest.Manifest export) {
        this.remote = remote;
        this.export = export;
    }

    /**
     * Asks for the export.
     *
     * @return where it is watched
     * @throws SourceException if the other server refuses
     */
    String kickOff() throws IOException {
        var fields = new HashMap<>(fields("application/fhir+json"));
        fields.put("Prefer", "respond-async");
        HttpResponse<InputStream> answer = remote.get(export.url(), true, fields);
        if (answer.statusCode() != 202) {
            throw refused(export.url(), answer);
        }
        answer.body().close();
        return answer.headers()
                .firstValue("Content-Location")
                .map(text -> answer.uri().resolve(text).toString())
                .orElseThrow(
                        () ->
                                new SourceException(
                                        "'%s' accepts the export without saying where it is."
                                                .formatted(export.url())));
    }

    /**
     * The files of the export.
     *
     * @param url where the manifest is, or will be
     * @return empty if it is not ready; then {@link #pause} has passed
     */
    Optional<List<ImportSource>> files(String url) throws IOException, InterruptedException {
        var sources = new ArrayList<ImportSource>();
        Optional<String> page = Optional.of(url);
        for (int pages = 0; page.isPresent(); pages++) {
            if (pages == MOST_PAGES) {
                throw new SourceException("The manifest of '%s' never ends.".formatted(url));
            }
            HttpResponse<InputStream> answer =
                    remote.get(page.get(), true, fields("application/json"));
            int status = answer.statusCode();
            if (status == 202 || status == 429) {
                answer.body().close();
                Thread.sleep(pause(answer));
                return Optional.empty();
            }
            if (status >= 500 && isTransient(answer)) {
                throw new IOException("'%s' answers %d".formatted(page.get(), status));
            }
            if (status != 200) {
                throw refused(page.get(), answer);
            }
            JsonObject manifest = manifest(page.get(), answer);
            add(manifest, sources);
            page = next(manifest);
        }
        return Optional.of(sources);
    }

    private static boolean isTransient(HttpResponse<InputStream> answer) {
        return answer.statusCode() == 503 || answer.statusCode() == 502;
    }

    private Map<String, String> fields(String accept) {
        var fields = new HashMap<>(Map.of("Accept", accept));
        export.tenant().ifPresent(name -> fields.put("X-Tenant-ID", name));
        return fields;
    }

    /** How long the server wants to be left alone, within bounds. */
    private static Duration pause(HttpResponse<InputStream> answer) {
        Duration pause =
                answer.headers()
                        .firstValue("Retry-After")
                        .filter(text -> text.matches("[0-9]{1,6}"))
                        .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                        .orElse(PAUSE);
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    private static SourceException refused(String url, HttpResponse<InputStream> answer) {
        return new SourceException(
                "'%s' answers %d: %s"
                        .formatted(url, answer.statusCode(), RemoteFiles.beginning(answer)));
    }

    private static JsonObject manifest(String url, HttpResponse<InputStream> answer)
            throws IOException {
        try {
            JsonObject manifest = JsonReader.readObject(RemoteFiles.all(answer, MANIFEST));
            if (manifest.array("output").isEmpty()) {
                throw new SourceException(
                        "'%s' is no manifest of an export: it has no output.".formatted(url));
            }
            return manifest;
        } catch (JsonSyntaxException e) {
            throw new SourceException("'%s' is no manifest: %s".formatted(url, e.getMessage()));
        }
    }

    private void add(JsonObject manifest, List<ImportSource> sources) {
        boolean authorized =
                manifest.get("requiresAccessToken") instanceof JsonBoolean flag && flag.value();
        for (JsonObject output : manifest.objects("output")) {
            sources.add(source(output, Form.LINES, authorized));
        }
        for (JsonObject deleted : manifest.objects("deleted")) {
            sources.add(source(deleted, Form.DELETIONS, authorized));
        }
        if (sources.size() > ImportSettings.MOST_SOURCES) {
            throw new SourceException(
                    "The export has more than %d files.".formatted(ImportSettings.MOST_SOURCES));
        }
    }

    private static ImportSource source(JsonObject file, Form form, boolean authorized) {
        return new ImportSource(
                file.string("url")
                        .orElseThrow(
                                () -> new SourceException("A file of the manifest has no url.")),
                // Files may be organised otherwise than by type; what is in them says its own.
                Optional.empty(),
                form,
                file.get("count") instanceof JsonNumber count
                        ? OptionalLong.of(count.decimal().longValue())
                        : OptionalLong.empty(),
                authorized);
    }

    private static Optional<String> next(JsonObject manifest) {
        return manifest.objects("link").stream()
                .filter(link -> link.string("relation").orElse("").equals("next"))
                .flatMap(link -> link.string("url").stream())
                .findFirst();
    }
}
