package dev.andiron.fhir.definition;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A resource type, a data type, or the elements within an element. Immutable. */
public final class TypeDefinition {
    private final String name;
    private final TypeKind kind;
    private final boolean isAbstract;
    private final Optional<String> base;
    private final Optional<String> regex;
    private final List<ElementDefinition> elements;
    private final Map<String, Optional<ElementUse>> uses;

    TypeDefinition(
            String name,
            TypeKind kind,
            boolean isAbstract,
            Optional<String> base,
            Optional<String> regex,
            List<ElementDefinition> elements,
            Map<String, Optional<ElementUse>> uses) {
        this.name = name;
        this.kind = kind;
        this.isAbstract = isAbstract;
        this.base = base;
        this.regex = regex;
        this.elements = List.copyOf(elements);
        this.uses = uses;
    }

    /** Its name; of elements within an element the path, such as {@code Patient.contact}. */
    public String name() {
        return name;
    }

    public TypeKind kind() {
        return kind;
    }

    /** Whether only types derived from it occur, such as {@code DomainResource}. */
    public boolean isAbstract() {
        return isAbstract;
    }

    /** The type it is derived from. */
    public Optional<String> base() {
        return base;
    }

    /** The regular expression that the standard gives for a primitive. */
    public Optional<String> regex() {
        return regex;
    }

    /** Its elements in order, inherited ones first. */
    public List<ElementDefinition> elements() {
        return elements;
    }

    /** The meaning of a JSON name such as {@code valueQuantity}. */
    public Optional<ElementUse> element(String jsonName) {
        return uses.getOrDefault(jsonName, Optional.empty());
    }

    /** All JSON names of its elements, each choice with each of its types. */
    public Collection<String> jsonNames() {
        return uses.keySet();
    }

    @Override
    public String toString() {
        return name;
    }
}
