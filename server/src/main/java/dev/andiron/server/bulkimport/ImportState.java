package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.spi.resource.Json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far an import is: what a checkpoint holds. Counts, errors and place belong together, so
 * whoever goes on from it neither leaves out nor counts twice.
 *
 * @param exportStatus where an export that was asked for is watched
 * @param resolved the files of a manifest, once it was read
 * @param place where to go on
 * @param tally what was done before that place
 * @param pending errors that are not in a file yet, as NDJSON
 * @param errors finished files of errors
 * @param visibility what of it searches can find
 */
record ImportState(
        Optional<String> exportStatus,
        Optional<List<ImportSource>> resolved,
        Place place,
        ImportTally tally,
        String pending,
        List<ErrorFile> errors,
        Visibility visibility) {

    /** The very beginning. */
    static final ImportState START =
            new ImportState(
                    Optional.empty(),
                    Optional.empty(),
                    Place.START,
                    ImportTally.NONE,
                    "",
                    List.of(),
                    Visibility.NONE);

    /**
     * A place in the files.
     *
     * @param source the file's number, from 0
     * @param offset bytes of its text, or entries of its Bundle, that are done
     * @param line lines that are done
     * @param seen resources of the file that are done, failed ones included
     * @param mark what tells that the file is still the same; empty at its beginning
     */
    record Place(int source, long offset, long line, long seen, String mark) {
        static final Place START = new Place(0, 0, 0, 0, "");

        Place nextSource() {
            return new Place(source + 1, 0, 0, 0, "");
        }
    }

    /** A finished file of errors. */
    record ErrorFile(String part, long count) {}

    ImportState {
        errors = List.copyOf(errors);
    }

    static ImportState of(Json json) {
        if (json.isEmpty()) {
            return START;
        }
        JsonObject object = JsonReader.readObject(json.bytes());
        var errors = new ArrayList<ErrorFile>();
        for (JsonObject file : object.objects("errors")) {
            errors.add(
                    new ErrorFile(
                            file.string("part").orElseThrow(), ImportTally.number(file, "count")));
        }
        return new ImportState(
                object.string("exportStatus"),
                object.array("resolved")
                        .map(
                                _ ->
                                        object.objects("resolved").stream()
                                                .map(ImportSource::of)
                                                .toList()),
                new Place(
                        (int) ImportTally.number(object, "source"),
                        ImportTally.number(object, "offset"),
                        ImportTally.number(object, "line"),
                        ImportTally.number(object, "seen"),
                        object.string("mark").orElse("")),
                ImportTally.of(object.object("tally").orElse(JsonObject.empty())),
                object.string("pending").orElse(""),
                errors,
                new Visibility(
                        ImportTally.number(object, "searchable"),
                        ImportTally.number(object, "position")));
    }

    Json json() {
        var json =
                JsonObject.builder()
                        .put("source", place.source())
                        .put("offset", place.offset())
                        .put("line", place.line())
                        .put("seen", place.seen())
                        .put("mark", place.mark())
                        .put("tally", tally.json())
                        .put("pending", pending)
                        .put("searchable", visibility.searchable())
                        .put("position", visibility.position())
                        .putArray(
                                "errors",
                                errors.stream()
                                        .map(
                                                file ->
                                                        JsonObject.builder()
                                                                .put("part", file.part())
                                                                .put("count", file.count())
                                                                .build())
                                        .toList());
        exportStatus.ifPresent(url -> json.put("exportStatus", url));
        resolved.ifPresent(
                sources ->
                        json.put(
                                "resolved",
                                JsonArray.of(sources.stream().map(ImportSource::json).toList())));
        return Json.of(JsonWriter.compact(json.build()));
    }

    /** The same with lines that count from another number than 1. */
    ImportState fromLine(long first) {
        return new ImportState(
                exportStatus,
                resolved,
                new Place(place.source(), place.offset(), first - 1, place.seen(), place.mark()),
                tally,
                pending,
                errors,
                visibility);
    }

    /** The same with an export that is under way. */
    ImportState exporting(String status) {
        return new ImportState(
                Optional.of(status), resolved, place, tally, pending, errors, visibility);
    }

    /** The same once its files are known. */
    ImportState with(List<ImportSource> sources) {
        return new ImportState(
                exportStatus,
                Optional.of(List.copyOf(sources)),
                place,
                tally,
                pending,
                errors,
                visibility);
    }

    /** Further on. */
    ImportState at(
            Place next,
            ImportTally more,
            String nextPending,
            List<ErrorFile> nextErrors,
            Visibility nextVisibility) {
        return new ImportState(
                exportStatus,
                resolved,
                next,
                tally.and(more),
                nextPending,
                nextErrors,
                nextVisibility);
    }
}
