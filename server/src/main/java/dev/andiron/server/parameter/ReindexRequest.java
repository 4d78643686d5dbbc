package dev.andiron.server.parameter;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.server.interaction.ParameterName;
import dev.andiron.spi.resource.Json;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a job indexes again.
 *
 * @param types resources of these types; empty means all
 * @param parameters those that older resources are not found by until it is done
 * @param byHand whether a client asked for it, and watches it
 */
record ReindexRequest(Set<String> types, Set<ParameterName> parameters, boolean byHand) {

    private static final Comparator<ParameterName> BY_NAME =
            Comparator.comparing(ParameterName::type).thenComparing(ParameterName::code);

    ReindexRequest {
        types = Set.copyOf(types);
        parameters = Set.copyOf(parameters);
    }

    /** What a client asks for. */
    static ReindexRequest byHand(Set<String> types) {
        return new ReindexRequest(types, Set.of(), true);
    }

    /** The request for parameters on base types, abstract ones among them. */
    static ReindexRequest of(Collection<String> bases, Set<ParameterName> parameters) {
        boolean all = bases.contains("Resource") || bases.contains("DomainResource");
        return new ReindexRequest(all ? Set.of() : Set.copyOf(bases), parameters, false);
    }

    static ReindexRequest of(Json json) {
        return of(JsonReader.readObject(json.bytes()));
    }

    static ReindexRequest of(JsonObject request) {
        return new ReindexRequest(
                strings(request, "types"),
                names(request),
                request.get("byHand") instanceof JsonBoolean flag && flag.value());
    }

    private static Set<ParameterName> names(JsonObject request) {
        var names = new HashSet<ParameterName>();
        for (JsonObject name : request.objects("parameters")) {
            names.add(
                    new ParameterName(
                            name.string("type").orElseThrow(), name.string("code").orElseThrow()));
        }
        return names;
    }

    private static Set<String> strings(JsonObject request, String name) {
        Optional<JsonArray> array = request.array(name);
        var strings = new TreeSet<String>();
        if (array.isPresent()) {
            for (JsonValue value : array.get()) {
                strings.add(((JsonString) value).value());
            }
        }
        return strings;
    }

    Json json() {
        return Json.of(JsonWriter.compact(object()));
    }

    JsonObject object() {
        var request = JsonObject.builder();
        request.put("types", array(types));
        request.put(
                "parameters",
                JsonArray.of(
                        parameters.stream()
                                .sorted(BY_NAME)
                                .map(
                                        name ->
                                                JsonObject.builder()
                                                        .put("type", name.type())
                                                        .put("code", name.code())
                                                        .build())
                                .toList()));
        request.put("byHand", byHand);
        return request.build();
    }

    private static JsonArray array(Set<String> names) {
        return JsonArray.of(new TreeSet<>(names).stream().map(JsonString::of).toList());
    }

    /** What does both. */
    ReindexRequest and(ReindexRequest other) {
        var allParameters = new HashSet<>(parameters);
        allParameters.addAll(other.parameters);
        var allTypes = new TreeSet<>(types);
        allTypes.addAll(other.types);
        boolean all = types.isEmpty() || other.types.isEmpty();
        return new ReindexRequest(all ? Set.of() : allTypes, allParameters, byHand);
    }

    /** Whether this does all that another does. */
    boolean covers(ReindexRequest other) {
        return types.isEmpty() || !other.types.isEmpty() && types.containsAll(other.types);
    }
}
