package dev.andiron.server.operation;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;

import java.util.ArrayList;
import java.util.List;

/** Writes a {@code Parameters} resource: the output of an operation. Used by one thread. */
public final class ParametersResource {
    private final List<JsonObject> parameters = new ArrayList<>();

    /**
     * Adds a value.
     *
     * @param type the data type as a name begins: {@code Meta}, {@code Integer}
     */
    public ParametersResource value(String name, String type, JsonValue value) {
        parameters.add(JsonObject.builder().put("name", name).put("value" + type, value).build());
        return this;
    }

    /** Adds a string. */
    public ParametersResource string(String name, String value) {
        return value(name, "String", JsonString.of(value));
    }

    /** Adds a resource. */
    public ParametersResource resource(String name, JsonObject resource) {
        parameters.add(JsonObject.builder().put("name", name).put("resource", resource).build());
        return this;
    }

    /** Adds a parameter that consists of others. */
    public ParametersResource parts(String name, ParametersResource parts) {
        parameters.add(
                JsonObject.builder().put("name", name).putArray("part", parts.parameters).build());
        return this;
    }

    /** The resource. */
    public JsonObject build() {
        return JsonObject.builder()
                .put("resourceType", "Parameters")
                .putArray("parameter", parameters)
                .build();
    }
}
