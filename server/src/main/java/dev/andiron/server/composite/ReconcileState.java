package dev.andiron.server.composite;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.kernel.composite.Difference;
import dev.andiron.kernel.composite.Difference.Kind;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceKey;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a reconciliation stands: its checkpoints, and its result in the end.
 *
 * @param last the end of the last stretch; empty at the start
 * @param compared how many resources of the primary were compared
 * @param total how many there were at the start
 * @param counts how many differences were found, by kind
 * @param parts the files that list them, those that are finished
 * @param listed what was found and is in no finished file yet
 * @param unrepaired how many of these, from the end, may not be repaired yet
 * @param isEnded whether the last stretch was the last of all
 */
record ReconcileState(
        Optional<ResourceKey> last,
        long compared,
        OptionalLong total,
        Map<Kind, Long> counts,
        List<String> parts,
        List<Difference> listed,
        int unrepaired,
        boolean isEnded) {

    ReconcileState {
        counts = Map.copyOf(counts);
        parts = List.copyOf(parts);
        listed = List.copyOf(listed);
    }

    static ReconcileState start(OptionalLong total) {
        return new ReconcileState(
                Optional.empty(), 0, total, Map.of(), List.of(), List.of(), 0, false);
    }

    /** With what the next stretch gave. */
    ReconcileState and(int more, List<Difference> differences, Optional<ResourceKey> end) {
        var all = new EnumMap<Kind, Long>(Kind.class);
        all.putAll(counts);
        differences.forEach(difference -> all.merge(difference.kind(), 1L, Long::sum));
        var list = new ArrayList<>(listed);
        list.addAll(differences);
        return new ReconcileState(
                end, compared + more, total, all, parts, list, differences.size(), end.isEmpty());
    }

    /** What is still to be repaired of what was found. */
    List<Difference> toRepair() {
        return listed.subList(listed.size() - unrepaired, listed.size());
    }

    ReconcileState repaired() {
        return new ReconcileState(last, compared, total, counts, parts, listed, 0, isEnded);
    }

    /** With what was listed in a file. */
    ReconcileState filed(String part) {
        var more = new ArrayList<>(parts);
        more.add(part);
        return new ReconcileState(last, compared, total, counts, more, List.of(), 0, isEnded);
    }

    long differences() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    long count(Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    static String word(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    Progress progress() {
        return new Progress(
                compared,
                total,
                "%d resources compared, %d differences".formatted(compared, differences()));
    }

    static ReconcileState of(Json json) {
        JsonObject read = JsonReader.readObject(json.bytes());
        var counts = new EnumMap<Kind, Long>(Kind.class);
        JsonObject found = read.object("counts").orElseThrow();
        for (Kind kind : Kind.values()) {
            number(found, word(kind)).ifPresent(count -> counts.put(kind, count));
        }
        var parts = new ArrayList<String>();
        for (JsonValue part : read.array("parts").orElseThrow()) {
            parts.add(((JsonString) part).value());
        }
        return new ReconcileState(
                read.string("last").map(ReconcileState::key),
                number(read, "compared").orElseThrow(),
                number(read, "total"),
                counts,
                parts,
                read.objects("listed").stream().map(ReconcileState::difference).toList(),
                (int) number(read, "unrepaired").orElseThrow(),
                flag(read, "ended"));
    }

    private static OptionalLong number(JsonObject object, String name) {
        return object.get(name) instanceof JsonNumber number
                ? OptionalLong.of(number.decimal().longValueExact())
                : OptionalLong.empty();
    }

    private static ResourceKey key(String text) {
        int slash = text.indexOf('/');
        return new ResourceKey(text.substring(0, slash), text.substring(slash + 1));
    }

    private static Difference difference(JsonObject object) {
        return new Difference(
                Kind.valueOf(object.string("difference").orElseThrow().toUpperCase(Locale.ROOT)),
                key(object.string("resource").orElseThrow()),
                number(object, "expected").orElseThrow(),
                number(object, "found").orElseThrow(),
                flag(object, "ahead"));
    }

    private static boolean flag(JsonObject object, String name) {
        return object.get(name) instanceof JsonBoolean flag && flag.value();
    }

    /** A difference as a line of the output, and within checkpoints. */
    static JsonObject object(Difference difference) {
        var object =
                JsonObject.builder()
                        .put("difference", word(difference.kind()))
                        .put("resource", difference.key().toString())
                        .put("expected", JsonNumber.of(difference.expected()))
                        .put("found", JsonNumber.of(difference.found()));
        if (difference.isAhead()) {
            object.put("ahead", true);
        }
        return object.build();
    }

    Json json() {
        var found = JsonObject.builder();
        counts.forEach((kind, count) -> found.put(word(kind), JsonNumber.of(count)));
        var object =
                JsonObject.builder()
                        .put("compared", JsonNumber.of(compared))
                        .put("counts", found.build())
                        .put("parts", JsonArray.of(parts.stream().map(JsonString::of).toList()))
                        .put("unrepaired", JsonNumber.of(unrepaired))
                        .put("ended", isEnded);
        last.ifPresent(key -> object.put("last", key.toString()));
        total.ifPresent(count -> object.put("total", JsonNumber.of(count)));
        object.putArray("listed", listed.stream().map(ReconcileState::object).toList());
        return Json.of(JsonWriter.compact(object.build()));
    }
}
