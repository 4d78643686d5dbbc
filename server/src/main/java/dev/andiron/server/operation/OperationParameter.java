package dev.andiron.server.operation;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;

import java.util.List;
import java.util.Optional;

/**
 * One input parameter of an operation.
 *
 * @param name its name
 * @param type the data type of its value as a name begins: {@code String}, {@code Meta}; empty when
 *     it came in the URL or has no value
 * @param value its value
 * @param resource the resource that it is
 * @param parts what it consists of
 */
public record OperationParameter(
        String name,
        String type,
        Optional<JsonValue> value,
        Optional<JsonObject> resource,
        List<OperationParameter> parts) {

    public OperationParameter {
        parts = List.copyOf(parts);
    }

    /** A value as text; empty if there is none, or it is of a complex type. */
    public Optional<String> text() {
        return value.flatMap(
                json ->
                        switch (json) {
                            case JsonString string -> Optional.of(string.value());
                            case JsonNumber number -> Optional.of(number.text());
                            case JsonBoolean bool -> Optional.of(Boolean.toString(bool.value()));
                            default -> Optional.empty();
                        });
    }

    /** A value of a complex type. */
    public Optional<JsonObject> object() {
        return value.filter(JsonObject.class::isInstance).map(JsonObject.class::cast);
    }

    /** The first part of a name. */
    public Optional<OperationParameter> part(String part) {
        return parts.stream().filter(each -> each.name().equals(part)).findFirst();
    }
}
