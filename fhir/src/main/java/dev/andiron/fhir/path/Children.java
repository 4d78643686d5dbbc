package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.path.PathType.Element;
import dev.andiron.fhir.path.PathType.Field;

import java.util.List;

/** All elements of nodes, whatever their names. */
final class Children {

    private Children() {}

    static List<PathNode> of(List<PathNode> nodes, PathModel model) {
        List<PathNode> out = List.of();
        for (PathNode node : nodes) {
            JsonObject object =
                    node.type().isPrimitive()
                            ? node.extensions()
                            : node.valueOrNull() instanceof JsonObject value ? value : null;
            if (object == null) {
                continue;
            }
            for (Element element : node.type().elements()) {
                for (Field field : element.fields()) {
                    out = Step.collect(node, object, field, null, model, out);
                }
            }
        }
        return out;
    }
}
