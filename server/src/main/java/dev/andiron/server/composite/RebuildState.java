package dev.andiron.server.composite;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceKey;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a rebuild stands: its checkpoints, and its result in the end.
 *
 * @param last the last key that is copied; empty at the start, and when all are
 * @param copied how many resources are copied
 * @param total how many there were at the start
 * @param millis how long that took, pauses between attempts left out
 */
record RebuildState(Optional<ResourceKey> last, long copied, OptionalLong total, long millis) {

    static RebuildState of(Json json) {
        JsonObject read = JsonReader.readObject(json.bytes());
        return new RebuildState(
                read.string("type")
                        .map(type -> new ResourceKey(type, read.string("id").orElseThrow())),
                number(read, "copied").orElseThrow(),
                number(read, "total"),
                number(read, "millis").orElseThrow());
    }

    private static OptionalLong number(JsonObject object, String name) {
        return object.get(name) instanceof JsonNumber number
                ? OptionalLong.of(number.decimal().longValueExact())
                : OptionalLong.empty();
    }

    Json json() {
        var object =
                JsonObject.builder()
                        .put("copied", JsonNumber.of(copied))
                        .put("millis", JsonNumber.of(millis));
        last.ifPresent(key -> object.put("type", key.type()).put("id", key.id()));
        total.ifPresent(count -> object.put("total", JsonNumber.of(count)));
        return Json.of(JsonWriter.compact(object.build()));
    }

    RebuildState and(int more, Optional<ResourceKey> end, long moreMillis) {
        return new RebuildState(end, copied + more, total, millis + moreMillis);
    }

    Progress progress() {
        return new Progress(copied, total, copied + " resources copied" + left());
    }

    /** How long the rest takes if it goes on as fast. */
    private String left() {
        if (total.isEmpty() || copied == 0 || total.getAsLong() <= copied) {
            return "";
        }
        double each = (double) millis / copied;
        var time = Duration.ofMillis((long) (each * (total.getAsLong() - copied)));
        return ", about %d:%02d:%02d left"
                .formatted(time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }
}
