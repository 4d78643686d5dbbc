package dev.andiron.fhir.validation;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.TypeDefinition;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.Issue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Checks resources against the definitions in one pass. Safe for use by many threads; what it
 * learns about types it keeps, so one instance should serve all.
 */
public final class StructureValidator {
    /** The most problems that are told of one resource; a note says when there are more. */
    public static final int MAX_ISSUES = 100;

    private final Definitions definitions;
    private final Set<String> openTypes;
    private final ConcurrentHashMap<String, Optional<Shape>> shapes = new ConcurrentHashMap<>();

    public StructureValidator(Definitions definitions) {
        this(definitions, Set.of());
    }

    /**
     * A validator that also accepts resource types which the definitions lack.
     *
     * @param openTypes their names; of such resources the elements that every resource has are
     *     checked, and the others not
     */
    public StructureValidator(Definitions definitions, Set<String> openTypes) {
        this.definitions = definitions;
        this.openTypes = Set.copyOf(openTypes);
    }

    /**
     * Everything that is wrong with a resource, each problem with the FHIRPath of its element; at
     * most {@value #MAX_ISSUES}, and a note if there are more.
     *
     * @return empty when the resource is acceptable
     */
    public List<Issue> validate(JsonObject resource, ValidationLevel level) {
        return level == ValidationLevel.NONE
                ? List.of()
                : new Walk(this, level == ValidationLevel.REQUIRED).issues(resource);
    }

    boolean isResourceType(String name) {
        return definitions.isResourceType(name) || openTypes.contains(name);
    }

    Set<String> resourceTypes() {
        return definitions.resourceTypes();
    }

    /** The shape of a resource type that may occur; empty for others. */
    Optional<Shape> resource(String name) {
        Optional<Shape> known = shapes.get(name);
        if (known != null) {
            return known;
        }
        // Names that are not types come from clients, so they are not kept.
        return isResourceType(name)
                ? shapes.computeIfAbsent(name, this::compileResource)
                : Optional.empty();
    }

    private Optional<Shape> compileResource(String name) {
        boolean isOpen = !definitions.isResourceType(name);
        return definitions
                .type(isOpen ? "DomainResource" : name)
                .map(type -> Shape.of(this, type, isOpen));
    }

    /** The shape of a data type or of elements within an element. */
    Shape type(String name) {
        return shapes.computeIfAbsent(name, this::compileType).orElseThrow();
    }

    private Optional<Shape> compileType(String name) {
        return definitions.type(name).map(type -> Shape.of(this, type, false));
    }

    TypeDefinition definition(String name) {
        return definitions.type(name).orElseThrow();
    }
}
