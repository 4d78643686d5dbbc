package dev.andiron.server.export;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.server.export.ExportState.Kind;
import dev.andiron.spi.resource.Json;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an export job does.
 *
 * @param level whose resources
 * @param group the id of the group; present at that level
 * @param url the URL that it was asked for by
 * @param base the server's base URL as the client sees it
 * @param types the types to export, at least one
 * @param referred types outside of the compartments, of which only what the others refer to is
 *     exported
 * @param since only what was written later
 * @param until only what was written earlier
 * @param filters what resources of the types in them have to match
 * @param elements the only elements to export; empty means all
 * @param patients the only patients, by id; empty means all that the level stands for
 * @param provenance which Provenance resources go with the others
 * @param newMembers whether {@code since} holds back nothing about patients who joined the group
 *     since
 * @param organizedBy the type that files have blocks about; empty for files of one type each
 * @param tables the views whose rows are exported instead of resources; empty for resources
 * @param partial whether finished files are shown while others are still written
 * @param notes what was passed over, for whoever asked
 */
record ExportRequest(
        ExportLevel level,
        Optional<String> group,
        String url,
        String base,
        Set<String> types,
        Set<String> referred,
        Optional<Instant> since,
        Optional<Instant> until,
        List<TypeFilter> filters,
        Set<String> elements,
        Optional<Set<String>> patients,
        Associated provenance,
        boolean newMembers,
        Optional<String> organizedBy,
        List<ExportTable> tables,
        boolean partial,
        List<String> notes) {
    private static final String PROVENANCE = "Provenance";

    /** Which Provenance resources go with others, beyond those that are exported anyway. */
    enum Associated {
        NONE,
        LATEST,
        ALL
    }

    ExportRequest {
        types = Set.copyOf(types);
        referred = Set.copyOf(referred);
        filters = List.copyOf(filters);
        elements = Set.copyOf(elements);
        patients = patients.map(Set::copyOf);
        tables = List.copyOf(tables);
        notes = List.copyOf(notes);
    }

    /** Everything that is looked at for what is exported. */
    Set<String> allTypes() {
        var all = new TreeSet<>(types);
        all.addAll(referred);
        if (provenance != Associated.NONE) {
            all.add(PROVENANCE);
        }
        return all;
    }

    /** As what the resources of a type are exported. */
    Kind kind(String type) {
        boolean bound = level != ExportLevel.SYSTEM;
        if (type.equals(PROVENANCE) && (bound || provenance != Associated.NONE)) {
            return Kind.PROVENANCE;
        }
        return referred.contains(type) ? Kind.REFERRED : Kind.RESOURCES;
    }

    /** The table of a name. */
    ExportTable table(String name) {
        return tables.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }

    static ExportRequest of(Json json) {
        JsonObject read = JsonReader.readObject(json.bytes());
        return new ExportRequest(
                ExportLevel.valueOf(read.string("level").orElseThrow()),
                read.string("group"),
                read.string("url").orElseThrow(),
                read.string("base").orElseThrow(),
                new TreeSet<>(texts(read, "types")),
                new TreeSet<>(texts(read, "referred")),
                read.string("since").map(Instant::parse),
                read.string("until").map(Instant::parse),
                read.objects("filters").stream()
                        .map(
                                filter ->
                                        new TypeFilter(
                                                filter.string("type").orElseThrow(),
                                                filter.string("query").orElseThrow()))
                        .toList(),
                new TreeSet<>(texts(read, "elements")),
                read.array("patients").map(_ -> Set.copyOf(texts(read, "patients"))),
                Associated.valueOf(read.string("provenance").orElseThrow()),
                read.get("newMembers") == JsonBoolean.TRUE,
                read.string("organizedBy"),
                read.objects("tables").stream()
                        .map(
                                table ->
                                        new ExportTable(
                                                table.string("name").orElseThrow(),
                                                table.string("type").orElseThrow(),
                                                table.object("definition").orElseThrow()))
                        .toList(),
                read.get("partial") == JsonBoolean.TRUE,
                texts(read, "notes"));
    }

    private static List<String> texts(JsonObject object, String name) {
        var texts = new ArrayList<String>();
        object.array(name)
                .ifPresent(array -> array.forEach(each -> texts.add(((JsonString) each).value())));
        return texts;
    }

    private static JsonArray array(Collection<String> texts) {
        return JsonArray.of(texts.stream().map(JsonString::of).toList());
    }

    Json json() {
        var json =
                JsonObject.builder()
                        .put("level", level.name())
                        .put("url", url)
                        .put("base", base)
                        .put("types", array(new TreeSet<>(types)))
                        .put("referred", array(new TreeSet<>(referred)))
                        .putArray(
                                "filters",
                                filters.stream()
                                        .map(
                                                filter ->
                                                        JsonObject.builder()
                                                                .put("type", filter.type())
                                                                .put("query", filter.query())
                                                                .build())
                                        .toList())
                        .put("elements", array(new TreeSet<>(elements)))
                        .put("provenance", provenance.name())
                        .put("newMembers", newMembers)
                        .putArray(
                                "tables",
                                tables.stream()
                                        .map(
                                                table ->
                                                        JsonObject.builder()
                                                                .put("name", table.name())
                                                                .put("type", table.type())
                                                                .put(
                                                                        "definition",
                                                                        table.definition())
                                                                .build())
                                        .toList())
                        .put("partial", partial)
                        .put("notes", array(notes));
        group.ifPresent(id -> json.put("group", id));
        organizedBy.ifPresent(type -> json.put("organizedBy", type));
        since.ifPresent(time -> json.put("since", time.toString()));
        until.ifPresent(time -> json.put("until", time.toString()));
        patients.ifPresent(ids -> json.put("patients", array(new TreeSet<>(ids))));
        return Json.of(JsonWriter.compact(json.build()));
    }
}
