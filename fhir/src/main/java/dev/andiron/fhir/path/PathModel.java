package dev.andiron.fhir.path;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.ElementDefinition;
import dev.andiron.fhir.definition.TypeDefinition;
import dev.andiron.fhir.definition.TypeKind;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The types of one FHIR version, made when first asked for. Safe for use by many threads. */
final class PathModel {
    private static final Map<Definitions, PathModel> MODELS = new ConcurrentHashMap<>();

    private final Definitions definitions;
    private final Map<String, PathType> types = new ConcurrentHashMap<>();

    private PathModel(Definitions definitions) {
        this.definitions = definitions;
    }

    static PathModel of(Definitions definitions) {
        return MODELS.computeIfAbsent(definitions, PathModel::new);
    }

    Definitions definitions() {
        return definitions;
    }

    /** The type of a name; {@link PathType#UNKNOWN} when there is none. */
    PathType type(String name) {
        PathType type = types.get(name);
        if (type == null) {
            type = definitions.type(name).map(this::make).orElse(PathType.UNKNOWN);
            PathType raced = types.putIfAbsent(name, type);
            type = raced == null ? type : raced;
        }
        return type;
    }

    private PathType make(TypeDefinition definition) {
        List<ElementDefinition> elements =
                definition.kind() == TypeKind.PRIMITIVE
                        ? definitions
                                .type("Element")
                                .map(TypeDefinition::elements)
                                .orElse(List.of())
                        : definition.elements();
        return new PathType(this, definition, elements);
    }
}
