package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonNull;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.path.PathType.Element;
import dev.andiron.fhir.path.PathType.Field;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** From nodes to their elements of one name, of any or only of named types. */
final class Step implements Evaluation {
    private static final Field[] NONE = {};

    private final Evaluation source;
    private final String name;
    private final String typeName;
    private final PathModel model;
    private final PathDialect dialect;

    // The fields for the type met last; nearly always the only one.
    private volatile Fields last = new Fields(null, NONE);

    private record Fields(PathType type, Field[] fields) {}

    /**
     * Makes a step.
     *
     * @param typeName keeps only elements of this type; null keeps all
     */
    Step(Evaluation source, String name, String typeName, PathModel model, PathDialect dialect) {
        this.source = source;
        this.name = name;
        this.typeName = typeName;
        this.model = model;
        this.dialect = dialect;
    }

    /** The element that a name means; null when there is none. */
    static Element element(PathType type, String name, PathDialect dialect) {
        Element element = type.element(name);
        return element == null && dialect == PathDialect.CHOICE_NAMES ? type.choice(name) : element;
    }

    @Override
    public List<PathNode> on(List<PathNode> focus, Scope scope) {
        List<PathNode> nodes = source.on(focus, scope);
        int size = nodes.size();
        if (size == 0) {
            return List.of();
        }
        if (size == 1) {
            return below(nodes.getFirst(), List.of());
        }
        List<PathNode> out = List.of();
        for (PathNode node : nodes) {
            out = below(node, out);
        }
        return out;
    }

    private List<PathNode> below(PathNode node, List<PathNode> found) {
        JsonObject object =
                node.type().isPrimitive()
                        ? node.extensions()
                        : node.valueOrNull() instanceof JsonObject value ? value : null;
        if (object == null) {
            return found;
        }
        List<PathNode> out = found;
        for (Field field : fields(node.type())) {
            out = collect(node, object, field, typeName, model, out);
        }
        return out;
    }

    private Field[] fields(PathType type) {
        Fields known = last;
        if (known.type() == type) {
            return known.fields();
        }
        Element element = element(type, name, dialect);
        Field[] fields = element == null ? NONE : element.fields();
        if (typeName != null) {
            fields =
                    Arrays.stream(fields)
                            .filter(
                                    field ->
                                            field.type().isOpenResource()
                                                    || field.type().is(typeName))
                            .toArray(Field[]::new);
        }
        last = new Fields(type, fields);
        return fields;
    }

    /** Adds what stands in one member; the list given is never changed while it is List.of(). */
    static List<PathNode> collect(
            PathNode parent,
            JsonObject object,
            Field field,
            String typeName,
            PathModel model,
            List<PathNode> found) {
        JsonValue value = object.get(field.name());
        JsonValue sibling = field.type().isPrimitive() ? object.get(field.sibling()) : null;
        if (value == null && sibling == null) {
            return found;
        }
        List<PathNode> out = found;
        if (value instanceof JsonArray || sibling instanceof JsonArray) {
            JsonArray values = value instanceof JsonArray array ? array : JsonArray.of();
            JsonArray siblings = sibling instanceof JsonArray array ? array : JsonArray.of();
            int size = Math.max(values.size(), siblings.size());
            for (int i = 0; i < size; i++) {
                out =
                        add(
                                parent,
                                i < values.size() ? values.get(i) : null,
                                i < siblings.size() ? siblings.get(i) : null,
                                field,
                                i,
                                typeName,
                                model,
                                out);
            }
            return out;
        }
        return add(parent, value, sibling, field, -1, typeName, model, out);
    }

    private static List<PathNode> add(
            PathNode parent,
            JsonValue value,
            JsonValue sibling,
            Field field,
            int index,
            String typeName,
            PathModel model,
            List<PathNode> found) {
        JsonValue present = value instanceof JsonNull ? null : value;
        JsonObject extensions = sibling instanceof JsonObject object ? object : null;
        if (present == null && extensions == null) {
            return found;
        }
        PathType type = field.type();
        if (type.isOpenResource() && present instanceof JsonObject resource) {
            type = model.type(resource.string("resourceType").orElse(""));
            if (typeName != null && !type.is(typeName)) {
                return found;
            }
        }
        var node = new PathNode(type, present, extensions, parent, field.name(), index);
        if (found.isEmpty()) {
            // Most steps find one node.
            return List.of(node);
        }
        List<PathNode> out = found instanceof ArrayList ? found : new ArrayList<>(found);
        out.add(node);
        return out;
    }
}
