package dev.andiron.fhir.patch;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonSyntaxException;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;

import jakarta.json.JsonException;
import jakarta.json.JsonStructure;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** JSON Patch (RFC 6902, {@code application/json-patch+json}). Stateless. */
public final class JsonPatch {
    /** The most operations of one patch. */
    public static final int MAX_OPERATIONS = 5_000;

    /** The most values that the {@code copy} operations of one patch may add. */
    public static final int MAX_COPIED_VALUES = 1_000_000;

    private static final Set<String> OPERATIONS =
            Set.of("add", "remove", "replace", "move", "copy", "test");
    private static final Set<String> WITH_VALUE = Set.of("add", "replace", "test");
    private static final Set<String> WITH_FROM = Set.of("move", "copy");

    private JsonPatch() {}

    /**
     * Applies a patch, all of its operations or none.
     *
     * @param resource the resource as it is
     * @param patch the JSON text of the patch
     * @return the changed resource
     * @throws FhirException 400 for what is no JSON Patch, 422 for one that does not apply
     */
    public static JsonObject apply(JsonObject resource, byte[] patch) {
        JsonValue parsed;
        try {
            parsed = JsonReader.read(patch);
        } catch (JsonSyntaxException e) {
            throw new FhirException(
                    400, "invalid", "the JSON Patch is not JSON: " + e.getMessage());
        }
        if (!(parsed instanceof JsonArray operations)) {
            throw new FhirException(
                    400,
                    "invalid",
                    "a JSON Patch is an array of operations, such as [{\"op\": ...}]");
        }
        return apply(resource, operations);
    }

    private static JsonObject apply(JsonObject resource, JsonArray operations) {
        if (operations.size() > MAX_OPERATIONS) {
            throw new FhirException(
                    400,
                    "too-costly",
                    "a JSON Patch has at most %d operations, not %d"
                            .formatted(MAX_OPERATIONS, operations.size()));
        }
        var steps = new Step[operations.size()];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = step(i, operations.get(i));
        }
        JsonStructure document = (JsonStructure) JakartaTree.from(resource);
        long copied = 0;
        for (Step step : steps) {
            copied += step.copies(document);
            if (copied > MAX_COPIED_VALUES) {
                throw step.refusal("the patch copies more than " + MAX_COPIED_VALUES + " values");
            }
            document = step.apply(document);
        }
        if (!(JakartaTree.to(document) instanceof JsonObject patched)) {
            throw new FhirException(
                    422, "processing", "the JSON Patch makes the resource something else");
        }
        return Identity.keep(resource, patched);
    }

    private static Step step(int index, JsonValue operation) {
        if (!(operation instanceof JsonObject object)) {
            throw malformed(index, "is not an object");
        }
        String op = text(index, object, "op");
        if (!OPERATIONS.contains(op)) {
            throw malformed(
                    index,
                    "has the unknown op '%s'; known are add, remove, replace, move, copy, test"
                            .formatted(op));
        }
        String path = pointer(index, object, "path");
        String from = WITH_FROM.contains(op) ? pointer(index, object, "from") : "";
        JsonValue value = object.get("value");
        if (WITH_VALUE.contains(op) && value == null) {
            throw malformed(index, "('%s' at '%s') lacks its 'value'".formatted(op, path));
        }
        return new Step(index, op, path, from, Optional.ofNullable(value).map(JakartaTree::from));
    }

    private static String text(int index, JsonObject operation, String member) {
        if (operation.get(member) instanceof JsonString string) {
            return string.value();
        }
        throw malformed(index, "needs '%s', a string".formatted(member));
    }

    private static String pointer(int index, JsonObject operation, String member) {
        String pointer = text(index, operation, member);
        if (!JsonPointers.isWellFormed(pointer)) {
            throw malformed(
                    index,
                    "has the %s '%s', which is not a JSON Pointer such as /name/0/family"
                            .formatted(member, pointer));
        }
        return pointer;
    }

    private static FhirException malformed(int index, String problem) {
        return new FhirException(
                400, "invalid", "operation [%d] of the JSON Patch %s".formatted(index, problem));
    }

    /** One operation that is well-formed. */
    private record Step(
            int index,
            String op,
            String path,
            String from,
            Optional<jakarta.json.JsonValue> value) {

        /** How many values it adds by copying. */
        long copies(JsonStructure document) {
            return op.equals("copy")
                    ? JsonPointers.find(document, from).map(Measure::size).orElse(0L)
                    : 0;
        }

        JsonStructure apply(JsonStructure document) {
            requireIndices(document, path);
            requireIndices(document, from);
            requireDepth(document);
            var provider = JakartaTree.PROVIDER;
            var single = provider.createObjectBuilder().add("op", op).add("path", path);
            if (WITH_FROM.contains(op)) {
                single.add("from", from);
            }
            value.ifPresent(it -> single.add("value", it));
            try {
                return provider.createPatch(provider.createArrayBuilder().add(single).build())
                        .apply(document);
            } catch (JsonException e) {
                // The library's words for a failed test show its own objects.
                throw refusal(
                        op.equals("test") ? "the value there is another one" : e.getMessage());
            }
        }

        private void requireIndices(JsonStructure document, String pointer) {
            JsonPointers.badIndex(document, pointer)
                    .ifPresent(
                            token -> {
                                throw refusal("'%s' is not an index of an array".formatted(token));
                            });
        }

        private void requireDepth(JsonStructure document) {
            int depth =
                    (WITH_FROM.contains(op) ? JsonPointers.find(document, from) : value)
                            .map(Measure::depth)
                            .orElse(0);
            if (depth + JsonPointers.tokens(path).size() > JsonReader.MAX_DEPTH) {
                throw refusal("the result would be nested deeper than " + JsonReader.MAX_DEPTH);
            }
        }

        FhirException refusal(String problem) {
            return new FhirException(
                    422,
                    List.of(
                            Issue.error(
                                    "processing",
                                    "operation [%d] of the JSON Patch ('%s' at '%s') does not apply: %s"
                                            .formatted(index, op, path, problem))));
        }
    }
}
