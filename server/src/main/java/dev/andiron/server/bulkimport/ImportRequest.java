package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.spi.resource.Json;

import java.util.List;
import java.util.Optional;

/**
 * What a job imports.
 *
 * @param base the server's base URL as the client knows it
 * @param sources the files; none if they are those of a manifest
 * @param manifest an export whose files are imported
 * @param submission what a client calls it by; empty unless it was submitted under a name
 */
record ImportRequest(
        String base,
        List<ImportSource> sources,
        Optional<Manifest> manifest,
        Optional<String> submission) {

    /**
     * An export of another server.
     *
     * @param url where its manifest is, or where it is asked for
     * @param isDynamic whether it has to be asked for
     * @param tenant the tenant there
     */
    record Manifest(String url, boolean isDynamic, Optional<String> tenant) {}

    ImportRequest {
        sources = List.copyOf(sources);
    }

    static ImportRequest of(Json json) {
        JsonObject object = JsonReader.readObject(json.bytes());
        return new ImportRequest(
                object.string("base").orElseThrow(),
                object.objects("sources").stream().map(ImportSource::of).toList(),
                object.object("manifest")
                        .map(
                                manifest ->
                                        new Manifest(
                                                manifest.string("url").orElseThrow(),
                                                manifest.has("dynamic"),
                                                manifest.string("tenant"))),
                object.string("submission"));
    }

    Json json() {
        var json =
                JsonObject.builder()
                        .put("base", base)
                        .put(
                                "sources",
                                JsonArray.of(sources.stream().map(ImportSource::json).toList()));
        manifest.ifPresent(
                export -> {
                    var object = JsonObject.builder().put("url", export.url());
                    if (export.isDynamic()) {
                        object.put("dynamic", true);
                    }
                    export.tenant().ifPresent(name -> object.put("tenant", name));
                    json.put("manifest", object.build());
                });
        submission.ifPresent(name -> json.put("submission", name));
        return Json.of(JsonWriter.compact(json.build()));
    }
}
