package dev.andiron.fhir.patch;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.ElementDefinition;
import dev.andiron.fhir.definition.TypeDefinition;
import dev.andiron.fhir.json.JsonNull;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.path.Path;
import dev.andiron.fhir.path.PathException;
import dev.andiron.fhir.path.PathNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * FHIRPath Patch (R4 section 3.1.0.8.1 and "FHIRPath Patch"): operations in a Parameters resource,
 * whose places are FHIRPaths. Ids and extensions of primitives move with their values; an element
 * that is left without content goes away. Safe for use by many threads.
 */
public final class FhirPathPatch {
    /** The most operations of one patch. */
    public static final int MAX_OPERATIONS = 1_000;

    private static final Pattern LAST_NAME = Pattern.compile("(.+)\\.([A-Za-z]+)");

    private final Definitions definitions;
    private final PatchValue values;

    public FhirPathPatch(Definitions definitions) {
        this.definitions = definitions;
        values = new PatchValue(definitions);
    }

    /**
     * Applies a patch, all of its operations or none.
     *
     * @param resource the resource as it is
     * @param parameters the patch, a Parameters resource
     * @return the changed resource, not validated
     * @throws FhirException 400 for what is no FHIRPath Patch, 422 for one that does not apply
     */
    public JsonObject apply(JsonObject resource, JsonObject parameters) {
        if (!parameters.string("resourceType").orElse("").equals("Parameters")) {
            throw new FhirException(
                    400, "invalid", "a FHIRPath Patch is a Parameters resource of operations");
        }
        List<JsonObject> given = parameters.objects("parameter");
        if (given.size() > MAX_OPERATIONS) {
            throw new FhirException(
                    400,
                    "too-costly",
                    "a FHIRPath Patch has at most %d operations, not %d"
                            .formatted(MAX_OPERATIONS, given.size()));
        }
        var operations = new ArrayList<PatchOperation>();
        for (int i = 0; i < given.size(); i++) {
            operations.add(PatchOperation.read(i, given.get(i)));
        }
        JsonObject patched = resource;
        for (PatchOperation operation : operations) {
            patched = apply(patched, operation);
        }
        return Identity.keep(resource, patched);
    }

    private JsonObject apply(JsonObject resource, PatchOperation operation) {
        List<PathNode> nodes = nodes(resource, operation, operation.path());
        return switch (operation.type()) {
            case "add" -> add(resource, operation, single(operation, nodes));
            case "insert" -> insert(resource, operation, nodes);
            case "delete" ->
                    nodes.isEmpty()
                            ? resource
                            : delete(resource, operation, single(operation, nodes));
            case "replace" -> replace(resource, operation, single(operation, nodes));
            default -> move(resource, operation, nodes);
        };
    }

    private List<PathNode> nodes(JsonObject resource, PatchOperation operation, String expression) {
        String type = resource.string("resourceType").orElse("Resource");
        Path path;
        try {
            path = Path.compile(expression, type, definitions);
        } catch (PathException e) {
            throw operation.malformed("has a path that cannot be read: " + e.getMessage());
        }
        try {
            List<PathNode> nodes = path.evaluate(resource);
            if (nodes.stream().anyMatch(PathNode::isComputed)) {
                throw operation.refusal(
                        "the path computes a value instead of selecting an element");
            }
            return nodes;
        } catch (PathException e) {
            throw operation.refusal(e.getMessage());
        }
    }

    private static PathNode single(PatchOperation operation, List<PathNode> nodes) {
        if (nodes.size() != 1) {
            throw operation.refusal(
                    "the path selects %s; exactly one is needed"
                            .formatted(
                                    nodes.isEmpty() ? "no element" : nodes.size() + " elements"));
        }
        return nodes.getFirst();
    }

    private JsonObject add(JsonObject resource, PatchOperation operation, PathNode node) {
        String name = operation.text("name");
        JsonObject part = operation.parts().get("value");
        ElementDefinition element = element(operation, node, name);
        String jsonName = PatchValue.jsonName(operation, element, part);
        JsonObject holder = members(resource, node);
        var property = Property.of(holder, jsonName);
        if (!element.isRepeating() && isPresent(holder, element)) {
            throw operation.refusal(
                    "'%s' does not repeat and is there already; replace it instead"
                            .formatted(name));
        }
        var items = new ArrayList<>(property.items());
        items.add(values.item(operation, element, part));
        return rebuilt(
                resource, node, new Property(jsonName, items, element.isRepeating()).into(holder));
    }

    private static boolean isPresent(JsonObject holder, ElementDefinition element) {
        return element.types().stream()
                .map(element::jsonName)
                .anyMatch(name -> holder.has(name) || holder.has("_" + name));
    }

    private JsonObject insert(JsonObject resource, PatchOperation operation, List<PathNode> nodes) {
        int index = operation.number("index");
        Matcher last = LAST_NAME.matcher(operation.path());
        if (nodes.isEmpty() && index == 0 && last.matches()) {
            return insertFirst(resource, operation, last.group(1), last.group(2));
        }
        PathNode first = list(operation, nodes);
        PathNode parent = parent(operation, first);
        JsonObject holder = members(resource, parent);
        var property = Property.of(holder, first.name());
        if (index > property.items().size()) {
            throw operation.refusal(
                    "the index %d is behind the end; the list has %d elements"
                            .formatted(index, property.items().size()));
        }
        ElementDefinition element = element(operation, parent, first.name());
        var items = new ArrayList<>(property.items());
        items.add(index, values.item(operation, element, operation.parts().get("value")));
        return rebuilt(resource, parent, property.with(items).into(holder));
    }

    /** A list that is empty has no place of its own; its holder has. */
    private JsonObject insertFirst(
            JsonObject resource, PatchOperation operation, String holderPath, String name) {
        PathNode parent = single(operation, nodes(resource, operation, holderPath));
        ElementDefinition element = element(operation, parent, name);
        if (!element.isRepeating()) {
            throw operation.refusal("'%s' does not repeat".formatted(name));
        }
        Property.Item item = values.item(operation, element, operation.parts().get("value"));
        return rebuilt(
                resource,
                parent,
                new Property(element.name(), List.of(item), true).into(members(resource, parent)));
    }

    private JsonObject delete(JsonObject resource, PatchOperation operation, PathNode node) {
        PathNode parent = parent(operation, node);
        JsonObject holder = members(resource, parent);
        JsonObject left =
                Property.of(holder, node.name()).without(Math.max(0, node.index())).into(holder);
        return rebuilt(resource, parent, left);
    }

    private JsonObject replace(JsonObject resource, PatchOperation operation, PathNode node) {
        PathNode parent = parent(operation, node);
        JsonObject holder = members(resource, parent);
        ElementDefinition element = element(operation, parent, node.name());
        JsonObject part = operation.parts().get("value");
        Property.Item item = values.item(operation, element, part);
        String jsonName = PatchValue.jsonName(operation, element, part);
        var property = Property.of(holder, node.name());
        if (!jsonName.equals(node.name())) {
            JsonObject without = property.with(List.of()).into(holder);
            return rebuilt(
                    resource, parent, new Property(jsonName, List.of(item), false).into(without));
        }
        return rebuilt(
                resource, parent, property.with(Math.max(0, node.index()), item).into(holder));
    }

    private JsonObject move(JsonObject resource, PatchOperation operation, List<PathNode> nodes) {
        PathNode first = list(operation, nodes);
        PathNode parent = parent(operation, first);
        JsonObject holder = members(resource, parent);
        var property = Property.of(holder, first.name());
        int source = operation.number("source");
        int destination = operation.number("destination");
        int size = property.items().size();
        if (source >= size || destination >= size) {
            throw operation.refusal(
                    "source %d and destination %d are not both within the list of %d elements"
                            .formatted(source, destination, size));
        }
        var items = new ArrayList<>(property.items());
        items.add(destination, items.remove(source));
        return rebuilt(resource, parent, property.with(items).into(holder));
    }

    /** The first element of the one list that the nodes stand in. */
    private static PathNode list(PatchOperation operation, List<PathNode> nodes) {
        if (nodes.isEmpty()) {
            throw operation.refusal("the path selects no element; a list is needed");
        }
        PathNode first = nodes.getFirst();
        for (PathNode node : nodes) {
            boolean same =
                    node.name().equals(first.name())
                            && place(node.parent()).equals(place(first.parent()));
            if (!same || node.index() < 0) {
                throw operation.refusal("the path does not select elements of one list");
            }
        }
        return first;
    }

    private static String place(Optional<PathNode> node) {
        return node.map(PathNode::location).orElse("");
    }

    private static PathNode parent(PatchOperation operation, PathNode node) {
        return node.parent()
                .orElseThrow(() -> operation.refusal("the resource itself can only be added to"));
    }

    private ElementDefinition element(PatchOperation operation, PathNode node, String name) {
        String typeName =
                node.value().orElse(JsonNull.NULL) instanceof JsonObject object
                                && object.has("resourceType")
                        ? object.string("resourceType").orElse("")
                        : node.typeName();
        TypeDefinition type =
                definitions
                        .type(typeName)
                        .orElseThrow(() -> operation.refusal("its type is not known"));
        return PatchValue.element(type, name)
                .orElseThrow(
                        () ->
                                operation.refusal(
                                        "%s has no element '%s'".formatted(typeName, name)));
    }

    /** What a node has inside: its members, or the id and extensions of a primitive. */
    private static JsonObject members(JsonObject resource, PathNode node) {
        if (node.parent().isEmpty()) {
            return resource;
        }
        Property.Item item = item(resource, node);
        return item.value() instanceof JsonObject object
                ? object
                : item.extensions().orElse(JsonObject.empty());
    }

    private static Property.Item item(JsonObject resource, PathNode node) {
        JsonObject holder = members(resource, node.parent().orElseThrow());
        return Property.of(holder, node.name()).items().get(Math.max(0, node.index()));
    }

    /** The resource with other members inside a node; a node without any goes away. */
    private static JsonObject rebuilt(JsonObject resource, PathNode node, JsonObject members) {
        if (node.parent().isEmpty()) {
            return members;
        }
        PathNode parent = node.parent().get();
        JsonObject holder = members(resource, parent);
        var property = Property.of(holder, node.name());
        int index = Math.max(0, node.index());
        JsonValue value = property.items().get(index).value();
        Optional<JsonObject> left = members.isEmpty() ? Optional.empty() : Optional.of(members);
        boolean primitive =
                !(value instanceof JsonObject)
                        && (value != JsonNull.NULL
                                || property.items().get(index).extensions().isPresent());
        Property changed;
        if (primitive) {
            changed =
                    left.isEmpty() && value == JsonNull.NULL
                            ? property.without(index)
                            : property.with(index, new Property.Item(value, left));
        } else {
            changed =
                    left.isEmpty()
                            ? property.without(index)
                            : property.with(index, Property.Item.of(members));
        }
        return rebuilt(resource, parent, changed.into(holder));
    }
}
