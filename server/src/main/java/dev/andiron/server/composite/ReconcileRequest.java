package dev.andiron.server.composite;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.spi.resource.Json;

/**
 * What is asked of a reconciliation.
 *
 * @param composite the configured name of the composite
 * @param repairs whether the follower is put right; else it is only looked at
 * @param comparesContent whether search values are compared, too, or versions only
 * @param scheduled whether the server itself asked for it
 */
record ReconcileRequest(
        String composite, boolean repairs, boolean comparesContent, boolean scheduled) {

    static ReconcileRequest of(Json json) {
        JsonObject request = JsonReader.readObject(json.bytes());
        return new ReconcileRequest(
                request.string("composite").orElseThrow(),
                flag(request, "repair"),
                flag(request, "content"),
                flag(request, "scheduled"));
    }

    private static boolean flag(JsonObject request, String name) {
        return request.get(name) instanceof JsonBoolean flag && flag.value();
    }

    Json json() {
        return Json.of(
                JsonWriter.compact(
                        JsonObject.builder()
                                .put("composite", composite)
                                .put("repair", repairs)
                                .put("content", comparesContent)
                                .put("scheduled", scheduled)
                                .build()));
    }
}
