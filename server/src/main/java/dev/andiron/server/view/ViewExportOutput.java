package dev.andiron.server.view;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.spi.resource.Json;

import java.util.ArrayList;
import java.util.List;

/**
 * The tables that an export has written: its checkpoints, and its result in the end.
 *
 * @param tables those that are whole, in their order
 */
record ViewExportOutput(List<Table> tables) {

    /**
     * A table whose files are all finished.
     *
     * @param parts the names of its files
     */
    record Table(String name, List<String> parts, long rows) {
        Table {
            parts = List.copyOf(parts);
        }
    }

    ViewExportOutput {
        tables = List.copyOf(tables);
    }

    /** What a checkpoint or a result holds; an empty one holds nothing. */
    static ViewExportOutput of(Json json) {
        if (json.isEmpty()) {
            return new ViewExportOutput(List.of());
        }
        var tables = new ArrayList<Table>();
        for (JsonObject table : JsonReader.readObject(json.bytes()).objects("tables")) {
            var parts = new ArrayList<String>();
            for (var part : table.array("parts").orElseThrow()) {
                parts.add(((JsonString) part).value());
            }
            tables.add(
                    new Table(
                            table.string("name").orElseThrow(),
                            parts,
                            Long.parseLong(table.string("rows").orElseThrow())));
        }
        return new ViewExportOutput(tables);
    }

    Json json() {
        var array = new ArrayList<JsonObject>();
        for (Table table : tables) {
            array.add(
                    JsonObject.builder()
                            .put("name", table.name())
                            .put(
                                    "parts",
                                    JsonArray.of(
                                            table.parts().stream().map(JsonString::of).toList()))
                            .put("rows", Long.toString(table.rows()))
                            .build());
        }
        return Json.of(JsonWriter.compact(JsonObject.builder().putArray("tables", array).build()));
    }

    ViewExportOutput and(Table table) {
        var more = new ArrayList<>(tables);
        more.add(table);
        return new ViewExportOutput(more);
    }

    long rows() {
        return tables.stream().mapToLong(Table::rows).sum();
    }

    /** Whether a file belongs to a table. */
    boolean has(String part) {
        return tables.stream().anyMatch(table -> table.parts().contains(part));
    }
}
