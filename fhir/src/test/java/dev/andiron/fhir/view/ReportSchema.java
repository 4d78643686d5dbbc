package dev.andiron.fhir.view;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The official schema of reports, as far as JSON Schema is used by it; more is refused. */
final class ReportSchema {
    private static final Set<String> KNOWN =
            Set.of(
                    "$id",
                    "$schema",
                    "title",
                    "description",
                    "examples",
                    "type",
                    "patternProperties",
                    "properties",
                    "required",
                    "additionalProperties",
                    "items",
                    "minItems");

    private final List<String> problems = new ArrayList<>();

    private ReportSchema() {}

    /** What is wrong with a report. */
    static List<String> problems(JsonObject report) {
        try (InputStream in =
                ReportSchema.class.getResourceAsStream("official/test-report.schema.json")) {
            var check = new ReportSchema();
            check.check(JsonReader.readObject(in.readAllBytes()), report, "report");
            return check.problems;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check(JsonObject schema, JsonValue value, String place) {
        for (int i = 0; i < schema.size(); i++) {
            if (!KNOWN.contains(schema.name(i))) {
                throw new IllegalArgumentException("the schema has " + schema.name(i));
            }
        }
        if (!hasType(schema.string("type").orElseThrow(), value)) {
            problems.add(place + " is no " + schema.string("type").orElseThrow());
        } else if (value instanceof JsonObject object) {
            members(schema, object, place);
        } else if (value instanceof JsonArray array) {
            if (schema.get("minItems") instanceof JsonNumber least
                    && array.size() < least.decimal().intValueExact()) {
                problems.add(place + " has too few items");
            }
            for (int i = 0; i < array.size(); i++) {
                check(schema.object("items").orElseThrow(), array.get(i), place + "[" + i + "]");
            }
        }
    }

    private void members(JsonObject schema, JsonObject object, String place) {
        for (JsonValue required : schema.array("required").orElse(JsonArray.of(List.of()))) {
            if (!object.has(((JsonString) required).value())) {
                problems.add(place + " lacks " + required);
            }
        }
        for (int i = 0; i < object.size(); i++) {
            String name = object.name(i);
            Optional<JsonObject> member = member(schema, name);
            if (member.isPresent()) {
                check(member.get(), object.value(i), place + "." + name);
            } else if (schema.get("additionalProperties") == JsonBoolean.FALSE) {
                problems.add(place + " has " + name);
            }
        }
    }

    private static Optional<JsonObject> member(JsonObject schema, String name) {
        Optional<JsonObject> named = schema.object("properties").flatMap(all -> all.object(name));
        if (named.isPresent()) {
            return named;
        }
        JsonObject patterns =
                schema.object("patternProperties").orElse(JsonObject.builder().build());
        for (int i = 0; i < patterns.size(); i++) {
            if (Pattern.compile(patterns.name(i)).matcher(name).find()) {
                return Optional.of((JsonObject) patterns.value(i));
            }
        }
        return Optional.empty();
    }

    private static boolean hasType(String type, JsonValue value) {
        return switch (type) {
            case "object" -> value instanceof JsonObject;
            case "array" -> value instanceof JsonArray;
            case "string" -> value instanceof JsonString;
            case "boolean" -> value instanceof JsonBoolean;
            default -> throw new IllegalArgumentException("the schema has the type " + type);
        };
    }
}
