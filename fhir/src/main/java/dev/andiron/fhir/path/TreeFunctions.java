package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The functions that walk the tree of elements, and FHIR's own additions. */
final class TreeFunctions {

    private TreeFunctions() {}

    static void addTo(Map<String, PathFunction> functions) {
        functions.put("children", TreeFunctions::children);
        functions.put("descendants", TreeFunctions::descendants);
        functions.put("extension", TreeFunctions::extension);
        functions.put("getValue", site -> site.takes(0).list(nodes -> nodes));
        functions.put("resolve", TreeFunctions::resolve);
        functions.put("type", TreeFunctions::type);
    }

    private static Compiled children(CallSite site) {
        PathModel model = site.model();
        Evaluation nodes = site.takes(0).input();
        return Compiled.open((input, scope) -> Children.of(nodes.on(input, scope), model));
    }

    private static Compiled descendants(CallSite site) {
        PathModel model = site.model();
        Evaluation nodes = site.takes(0).input();
        return Compiled.open(
                (input, scope) -> {
                    var out = new ArrayList<PathNode>();
                    List<PathNode> wave = Children.of(nodes.on(input, scope), model);
                    while (!wave.isEmpty()) {
                        out.addAll(wave);
                        wave = Children.of(wave, model);
                    }
                    return out;
                });
    }

    private static Compiled extension(CallSite site) {
        Evaluation url = site.takes(1).argument(0).evaluation();
        Evaluation all =
                new Step(site.input(), "extension", null, site.model(), PathDialect.STANDARD);
        return new Compiled(
                (input, scope) -> {
                    List<PathNode> found = all.on(input, scope);
                    if (found.isEmpty()) {
                        return found;
                    }
                    String wanted = PathFunctions.string(url.on(input, scope), "extension()");
                    return found.stream().filter(node -> isNamed(node, wanted)).toList();
                },
                Set.of(site.model().type("Extension")),
                false);
    }

    private static boolean isNamed(PathNode extension, String url) {
        return extension.valueOrNull() instanceof JsonObject object
                && object.get("url") instanceof JsonString text
                && text.value().equals(url);
    }

    private static Compiled resolve(CallSite site) {
        PathModel model = site.model();
        Evaluation nodes = site.takes(0).input();
        return new Compiled(
                (input, scope) -> References.resolve(nodes.on(input, scope), scope, model),
                null,
                true);
    }

    private static Compiled type(CallSite site) {
        Evaluation nodes = site.takes(0).input();
        return Compiled.of(
                (input, scope) ->
                        nodes.on(input, scope).stream().map(node -> typeOf(node.type())).toList(),
                PathType.TYPE_INFO);
    }

    private static PathNode typeOf(PathType type) {
        return PathNode.computed(
                PathType.TYPE_INFO,
                JsonObject.builder()
                        .put("namespace", type.isSystem() ? "System" : "FHIR")
                        .put("name", type.name())
                        .build());
    }
}
