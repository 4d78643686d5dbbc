package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;

import java.util.Map;

/**
 * The keys of SQL on FHIR: {@code Type/id}, of a resource and of what a reference leads to, so that
 * tables join on them. A reference to another server keeps its URL, which no resource of ours
 * equals.
 */
final class KeyFunctions {
    private static final String HISTORY = "/_history/";

    private KeyFunctions() {}

    static void addTo(Map<String, PathFunction> functions) {
        functions.put("getResourceKey", KeyFunctions::resourceKey);
        functions.put("getReferenceKey", KeyFunctions::referenceKey);
    }

    private static Compiled resourceKey(CallSite site) {
        site.takes(0);
        return site.single(PathType.SYSTEM_STRING, KeyFunctions::resourceKey);
    }

    private static PathNode resourceKey(PathNode node) {
        if (node.valueOrNull() instanceof JsonObject resource
                && resource.get("resourceType") instanceof JsonString type
                && resource.get("id") instanceof JsonString id) {
            return PathNode.of(type.value() + "/" + id.value());
        }
        return null;
    }

    private static Compiled referenceKey(CallSite site) {
        site.takes(0, 1);
        String wanted = site.size() == 0 ? null : typeName(site.written(0), site.model());
        Evaluation nodes = site.input();
        PathModel model = site.model();
        return Compiled.of(
                (input, scope) ->
                        nodes.on(input, scope).stream()
                                .map(node -> referenceKey(node, wanted, model))
                                .filter(key -> key != null)
                                .toList(),
                PathType.SYSTEM_STRING);
    }

    private static String typeName(Expression argument, PathModel model) {
        String name =
                switch (argument) {
                    case Expression.Member(Expression.This(), String type) -> type;
                    case Expression.Member(
                                    Expression.Member(Expression.This(), String space),
                                    String type)
                            when "FHIR".equals(space) ->
                            type;
                    case Expression.Literal(Expression.LiteralKind kind, String text)
                            when kind == Expression.LiteralKind.STRING ->
                            text;
                    default -> "";
                };
        if (!model.definitions().isResourceType(name)) {
            throw new PathException("getReferenceKey() takes the name of a type of resources");
        }
        return name;
    }

    private static PathNode referenceKey(PathNode node, String wanted, PathModel model) {
        if (!(node.valueOrNull() instanceof JsonObject object)) {
            if (node.valueOrNull() == null) {
                return null;
            }
            throw new PathException("getReferenceKey() needs references, got " + node.type());
        }
        if (!(object.get("reference") instanceof JsonString text) || text.value().startsWith("#")) {
            return null;
        }
        String reference = text.value();
        int history = reference.indexOf(HISTORY);
        String key = history < 0 ? reference : reference.substring(0, history);
        if (wanted != null) {
            String named = References.typeOf(key, model);
            String declared = object.get("type") instanceof JsonString type ? type.value() : "";
            if (!wanted.equals(named.isEmpty() ? declared : named)) {
                return null;
            }
        }
        return PathNode.of(key);
    }
}
