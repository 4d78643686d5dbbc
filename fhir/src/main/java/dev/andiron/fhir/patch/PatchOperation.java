package dev.andiron.fhir.patch;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One operation of a FHIRPath Patch.
 *
 * @param index its place among the parameters
 * @param type {@code add}, {@code insert}, {@code delete}, {@code replace} or {@code move}
 * @param path the FHIRPath of where
 * @param parts its parts by name
 */
record PatchOperation(int index, String type, String path, Map<String, JsonObject> parts) {
    private static final Map<String, Set<String>> NEEDED =
            Map.of(
                    "add", Set.of("type", "path", "name", "value"),
                    "insert", Set.of("type", "path", "index", "value"),
                    "delete", Set.of("type", "path"),
                    "replace", Set.of("type", "path", "value"),
                    "move", Set.of("type", "path", "source", "destination"));

    /**
     * Reads a parameter.
     *
     * @throws FhirException 400 if it is no operation
     */
    static PatchOperation read(int index, JsonObject parameter) {
        if (!parameter.string("name").orElse("").equals("operation")) {
            throw malformed(index, "has a name other than 'operation'");
        }
        var parts = new LinkedHashMap<String, JsonObject>();
        for (JsonObject part : parameter.objects("part")) {
            String name = part.string("name").orElse("");
            if (parts.put(name, part) != null) {
                throw malformed(index, "has the part '%s' twice".formatted(name));
            }
        }
        String type = text(index, parts, "type");
        Set<String> needed = NEEDED.get(type);
        if (needed == null) {
            throw malformed(
                    index,
                    "has the type '%s'; known are add, insert, delete, replace, move"
                            .formatted(type));
        }
        for (String name : needed) {
            if (!parts.containsKey(name)) {
                throw malformed(index, "('%s') lacks its part '%s'".formatted(type, name));
            }
        }
        for (String name : parts.keySet()) {
            if (!needed.contains(name)) {
                throw malformed(index, "('%s') has the unknown part '%s'".formatted(type, name));
            }
        }
        return new PatchOperation(index, type, text(index, parts, "path"), parts);
    }

    /** A part that is a text. */
    String text(String name) {
        return text(index, parts, name);
    }

    private static String text(int index, Map<String, JsonObject> parts, String name) {
        return Optional.ofNullable(parts.get(name))
                .flatMap(PatchOperation::value)
                .filter(JsonString.class::isInstance)
                .map(value -> ((JsonString) value).value())
                .orElseThrow(
                        () -> malformed(index, "needs a part '%s' with a text".formatted(name)));
    }

    /** A part that is a number from 0. */
    int number(String name) {
        return value(parts.get(name))
                .filter(JsonNumber.class::isInstance)
                .map(value -> ((JsonNumber) value).text())
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(Integer::parseInt)
                .orElseThrow(
                        () ->
                                malformed(
                                        index,
                                        "needs a part '%s' with a whole number from 0"
                                                .formatted(name)));
    }

    private static Optional<JsonValue> value(JsonObject part) {
        return valueName(part).map(part::get);
    }

    /** The name of the member with the value, such as {@code valueString}. */
    static Optional<String> valueName(JsonObject part) {
        return part.names().stream()
                .map(name -> name.startsWith("_") ? name.substring(1) : name)
                .filter(name -> name.startsWith("value") && name.length() > 5)
                .findFirst();
    }

    static FhirException malformed(int index, String problem) {
        return new FhirException(
                400,
                List.of(
                        Issue.error(
                                "invalid",
                                "operation [%d] of the FHIRPath Patch %s".formatted(index, problem),
                                "Parameters.parameter[" + index + "]")));
    }

    FhirException malformed(String problem) {
        return malformed(index, problem);
    }

    /** Why it does not apply. */
    FhirException refusal(String problem) {
        return new FhirException(
                422,
                List.of(
                        Issue.error(
                                "processing",
                                "operation [%d] of the FHIRPath Patch ('%s' at '%s') does not apply: %s"
                                        .formatted(index, type, path, problem),
                                "Parameters.parameter[" + index + "]")));
    }
}
