package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.meta.ResourceMeta;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What a finished import tells, in the shape of an export's manifest. */
final class ImportAnswer {
    private ImportAnswer() {}

    /**
     * The manifest.
     *
     * @param applied as {@link Visibility#searchable} takes it
     * @param errors the files of errors, as they are listed
     * @param authorized whether whoever wants the files has to say who it is
     */
    static JsonObject of(
            Instant ended,
            ImportRequest asked,
            ImportState state,
            OptionalLong applied,
            List<JsonObject> errors,
            boolean authorized) {
        var output = new ArrayList<JsonObject>();
        state.tally()
                .types()
                .forEach(
                        (type, count) ->
                                output.add(
                                        JsonObject.builder()
                                                .put("type", type)
                                                .put("count", count.sum())
                                                .put("created", count.created())
                                                .put("updated", count.updated())
                                                .put("unchanged", count.unchanged())
                                                .put("deleted", count.deleted())
                                                .build()));
        long stored = state.tally().stored();
        return JsonObject.builder()
                .put("transactionTime", ResourceMeta.text(ended.truncatedTo(ChronoUnit.MILLIS)))
                .put("request", asked.base() + "/$import")
                .put("requiresAccessToken", authorized)
                .put("stored", stored)
                .put("searchable", state.visibility().searchable(applied, stored))
                .put("failed", state.tally().failed())
                .put("output", JsonArray.of(output))
                .put("error", JsonArray.of(errors))
                .build();
    }
}
