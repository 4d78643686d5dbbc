package dev.andiron.server.view;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.spi.resource.Json;

import java.util.List;
import java.util.Optional;

/**
 * What an export job does.
 *
 * @param views the tables, in their order, each name once
 * @param form how files are written
 * @param filter which resources the tables are about
 * @param trackingId what the client calls the export
 */
record ViewExportRequest(
        List<Table> views, TableForm form, ViewFilter filter, Optional<String> trackingId) {

    /**
     * A table of an export.
     *
     * @param definition the ViewDefinition as it was when the export was asked for
     */
    record Table(String name, JsonObject definition) {}

    ViewExportRequest {
        views = List.copyOf(views);
    }

    static ViewExportRequest of(Json json) {
        JsonObject read = JsonReader.readObject(json.bytes());
        return new ViewExportRequest(
                read.objects("views").stream()
                        .map(
                                view ->
                                        new Table(
                                                view.string("name").orElseThrow(),
                                                view.object("definition").orElseThrow()))
                        .toList(),
                new TableForm(
                        TableFormat.valueOf(read.string("format").orElseThrow()),
                        read.get("header") == JsonBoolean.TRUE,
                        read.get("formulaGuard") == JsonBoolean.TRUE),
                ViewFilter.of(read.object("filter").orElseThrow()),
                read.string("trackingId"));
    }

    Json json() {
        var request =
                JsonObject.builder()
                        .putArray(
                                "views",
                                views.stream()
                                        .map(
                                                view ->
                                                        JsonObject.builder()
                                                                .put("name", view.name())
                                                                .put(
                                                                        "definition",
                                                                        view.definition())
                                                                .build())
                                        .toList())
                        .put("format", form.format().name())
                        .put("header", form.header())
                        .put("formulaGuard", form.formulaGuard())
                        .put("filter", filter.json());
        trackingId.ifPresent(id -> request.put("trackingId", id));
        return Json.of(JsonWriter.compact(request.build()));
    }
}
