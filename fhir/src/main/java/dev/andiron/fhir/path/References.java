package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;

import java.util.ArrayList;
import java.util.List;

/**
 * What {@code resolve()} knows without reading anything: the type that a reference names, and
 * contained resources themselves.
 */
final class References {

    private References() {}

    static List<PathNode> resolve(List<PathNode> nodes, Scope scope, PathModel model) {
        if (nodes.isEmpty()) {
            return nodes;
        }
        var out = new ArrayList<PathNode>(nodes.size());
        for (PathNode node : nodes) {
            PathNode target = resolve(node, scope, model);
            if (target != null) {
                out.add(target);
            }
        }
        return out;
    }

    private static PathNode resolve(PathNode node, Scope scope, PathModel model) {
        String reference = node.textOrNull();
        String declared = "";
        if (node.valueOrNull() instanceof JsonObject object) {
            reference = object.get("reference") instanceof JsonString text ? text.value() : null;
            declared = object.get("type") instanceof JsonString text ? text.value() : "";
        }
        if (reference != null && reference.startsWith("#")) {
            return contained(reference.substring(1), scope.resource(), model);
        }
        String named = reference == null ? "" : typeOf(reference, model);
        String type = named.isEmpty() ? declared : named;
        return type.isEmpty() || !model.definitions().isResourceType(type)
                ? null
                : new PathNode(model.type(type), null, null, null, "", -1);
    }

    /** The type in {@code [base/]Type/id[/_history/version]}; empty when there is none. */
    static String typeOf(String reference, PathModel model) {
        int end = reference.indexOf("/_history/");
        int id = reference.lastIndexOf('/', end < 0 ? reference.length() : end - 1);
        if (id <= 0) {
            return "";
        }
        int start = reference.lastIndexOf('/', id - 1) + 1;
        String type = reference.substring(start, id);
        return model.definitions().isResourceType(type) ? type : "";
    }

    private static PathNode contained(String id, PathNode resource, PathModel model) {
        PathNode container = resource;
        if (id.isEmpty()) {
            return container;
        }
        if (container.valueOrNull() instanceof JsonObject object
                && object.get("contained") instanceof JsonArray all) {
            for (JsonValue each : all) {
                if (each instanceof JsonObject one
                        && one.string("id").filter(id::equals).isPresent()) {
                    PathType type = model.type(one.string("resourceType").orElse(""));
                    return new PathNode(type, one, null, null, "", -1);
                }
            }
        }
        return null;
    }
}
