package dev.andiron.server.export;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.spi.resource.Json;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where an export stands: its checkpoints, and its result in the end. Files, cursors and what is
 * done change in one step, so that whoever goes on continues right behind the files that are
 * listed.
 *
 * @param time the moment that it reflects
 * @param position the change feed's last position at that moment or before
 * @param tasks what there is to do; tasks that are done may be left out
 * @param files the files that are whole, in the order of their ends
 * @param counts how far it is, type by type
 */
record ExportState(
        Instant time, long position, List<Task> tasks, List<File> files, List<TypeCount> counts) {

    /**
     * A part of the work, done by one thread from its beginning to its end.
     *
     * @param kind what is done
     * @param type the resource type, or the name of the table; empty where that has none
     * @param after where to go on: what lies up to here is in the files
     * @param until the last id of the task; empty for none
     * @param done whether nothing is left
     */
    record Task(Kind kind, String type, String after, Optional<String> until, boolean done) {

        static Task of(Kind kind, String type) {
            return new Task(kind, type, "", Optional.empty(), false);
        }

        Task at(String place, boolean isDone) {
            return new Task(kind, type, place, until, isDone);
        }

        Task until(String last) {
            return new Task(kind, type, after, Optional.of(last), done);
        }
    }

    /** What a task does. */
    enum Kind {
        /** Resources that are asked for. */
        RESOURCES,
        /** Resources outside of compartments that others refer to. */
        REFERRED,
        /** Provenance of what is exported. */
        PROVENANCE,
        /** All that is exported, in blocks about resources of a type. */
        BLOCKS,
        /** Rows of a view; the task is called like the table. */
        TABLE,
        /** What was deleted. */
        DELETED,
        /** What was passed over when the export was asked for. */
        NOTES
    }

    /**
     * A file that is whole.
     *
     * @param content what it holds
     * @param type the resource type of its lines; the name of a table; empty for blocks
     * @param part its name within the job
     * @param count its lines or rows
     * @param size its bytes
     * @param continues whether its last block goes on in the next file
     */
    record File(
            Content content, String type, String part, long count, long size, boolean continues) {

        File continued(boolean goesOn) {
            return new File(content, type, part, count, size, goesOn);
        }
    }

    /** What a file holds. */
    enum Content {
        OUTPUT,
        TABLE,
        DELETED,
        ERROR
    }

    /**
     * How far a type is.
     *
     * @param done how many of its resources were looked at for the files that are listed
     * @param seen how many more were looked at
     * @param total how many there were at the start, -1 if that is not known
     */
    record TypeCount(String type, long done, long seen, long total) {

        TypeCount and(long more) {
            return new TypeCount(type, done + more, seen, total);
        }

        TypeCount seeing(long more) {
            return new TypeCount(type, done, more, total);
        }
    }

    ExportState {
        tasks = List.copyOf(tasks);
        files = List.copyOf(files);
        counts = List.copyOf(counts);
    }

    static ExportState of(Json json) {
        JsonObject read = JsonReader.readObject(json.bytes());
        return new ExportState(
                Instant.parse(read.string("time").orElseThrow()),
                number(read, "position"),
                read.objects("tasks").stream().map(ExportState::task).toList(),
                read.objects("files").stream().map(ExportState::file).toList(),
                read.objects("counts").stream()
                        .map(
                                each ->
                                        new TypeCount(
                                                each.string("type").orElseThrow(),
                                                number(each, "done"),
                                                number(each, "seen"),
                                                number(each, "total")))
                        .toList());
    }

    private static long number(JsonObject object, String name) {
        return ((JsonNumber) object.get(name)).decimal().longValueExact();
    }

    private static Task task(JsonObject read) {
        return new Task(
                Kind.valueOf(read.string("kind").orElseThrow()),
                read.string("type").orElseThrow(),
                read.string("after").orElseThrow(),
                read.string("until"),
                read.get("done") == JsonBoolean.TRUE);
    }

    private static File file(JsonObject read) {
        return new File(
                Content.valueOf(read.string("content").orElseThrow()),
                read.string("type").orElseThrow(),
                read.string("part").orElseThrow(),
                number(read, "count"),
                number(read, "size"),
                read.has("continues"));
    }

    Json json() {
        var json =
                JsonObject.builder()
                        .put("time", time.toString())
                        .put("position", position)
                        .putArray("tasks", tasks.stream().map(ExportState::json).toList())
                        .putArray("files", files.stream().map(ExportState::json).toList())
                        .putArray(
                                "counts",
                                counts.stream()
                                        .map(
                                                each ->
                                                        JsonObject.builder()
                                                                .put("type", each.type())
                                                                .put("done", each.done())
                                                                .put("seen", each.seen())
                                                                .put("total", each.total())
                                                                .build())
                                        .toList());
        return Json.of(JsonWriter.compact(json.build()));
    }

    private static JsonObject json(Task task) {
        var json =
                JsonObject.builder()
                        .put("kind", task.kind().name())
                        .put("type", task.type())
                        .put("after", task.after())
                        .put("done", task.done());
        task.until().ifPresent(last -> json.put("until", last));
        return json.build();
    }

    private static JsonObject json(File file) {
        var json =
                JsonObject.builder()
                        .put("content", file.content().name())
                        .put("type", file.type())
                        .put("part", file.part())
                        .put("count", file.count())
                        .put("size", file.size());
        if (file.continues()) {
            json.put("continues", true);
        }
        return json.build();
    }

    /** The file of a name, if it belongs to the result. */
    Optional<File> file(String part) {
        return files.stream().filter(file -> file.part().equals(part)).findFirst();
    }
}
