package dev.andiron.fhir.validation;

import dev.andiron.fhir.definition.ElementDefinition;
import dev.andiron.fhir.definition.ElementType;
import dev.andiron.fhir.definition.TypeDefinition;
import dev.andiron.fhir.definition.TypeKind;
import dev.andiron.fhir.validation.Member.Content;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A type definition made ready for checking: JSON names to members. */
final class Shape {
    final String typeName;
    final boolean isResource;

    /** Whether names that are not defined are let pass. */
    final boolean isOpen;

    final List<ElementDefinition> required;
    final long requiredBits;
    private final Map<String, Member> members;

    private Shape(
            TypeDefinition type,
            boolean isOpen,
            List<ElementDefinition> required,
            Map<String, Member> members) {
        this.typeName = type.name();
        this.isResource = type.kind() == TypeKind.RESOURCE;
        this.isOpen = isOpen;
        this.required = List.copyOf(required);
        this.requiredBits = (1L << required.size()) - 1;
        this.members = members;
    }

    static Shape of(StructureValidator validator, TypeDefinition type, boolean isOpen) {
        var required = new ArrayList<ElementDefinition>();
        var members = new HashMap<String, Member>();
        int choices = 0;
        for (ElementDefinition element : type.elements()) {
            long choiceBit = element.isChoice() ? 1L << choices++ : 0;
            long requiredBit = element.isRequired() ? 1L << required.size() : 0;
            if (element.isRequired()) {
                required.add(element);
            }
            for (ElementType elementType : element.types()) {
                addMembers(validator, type, element, elementType, requiredBit, choiceBit, members);
            }
        }
        if (choices > Long.SIZE || required.size() >= Long.SIZE) {
            throw new IllegalStateException(type.name() + " has too many elements for its bits");
        }
        return new Shape(type, isOpen, required, members);
    }

    private static void addMembers(
            StructureValidator validator,
            TypeDefinition type,
            ElementDefinition element,
            ElementType elementType,
            long requiredBit,
            long choiceBit,
            Map<String, Member> members) {
        TypeDefinition definition = validator.definition(elementType.name());
        boolean isPrimitive = definition.kind() == TypeKind.PRIMITIVE;
        String name = element.jsonName(elementType).intern();
        Content content =
                switch (definition.kind()) {
                    case PRIMITIVE -> Content.PRIMITIVE;
                    case RESOURCE -> Content.RESOURCE;
                    case COMPLEX, BACKBONE -> Content.OBJECT;
                };
        var member =
                new Member(
                        validator,
                        element,
                        content,
                        elementType.name(),
                        name,
                        isPrimitive
                                ? Optional.of(Primitive.of(elementType.name()))
                                : Optional.empty(),
                        type.name().equals("Reference") && name.equals("reference"),
                        requiredBit,
                        choiceBit);
        members.put(name, member);
        if (isPrimitive && !isAttribute(type, name)) {
            members.put(
                    member.siblingName,
                    new Member(
                            validator,
                            element,
                            Content.EXTENSIONS,
                            elementType.name(),
                            name,
                            Optional.empty(),
                            false,
                            requiredBit,
                            choiceBit));
        }
    }

    /** What XML writes as an attribute has no place for extensions, and so has the narrative. */
    private static boolean isAttribute(TypeDefinition type, String name) {
        return name.equals("id") || type.name().equals("Extension") && name.equals("url");
    }

    Optional<Member> member(String name) {
        return Optional.ofNullable(members.get(name));
    }

    /** The names that a client may have meant. */
    Iterable<String> names() {
        return members.keySet();
    }
}
