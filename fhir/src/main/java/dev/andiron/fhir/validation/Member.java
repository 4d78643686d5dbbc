package dev.andiron.fhir.validation;

import dev.andiron.fhir.definition.ElementDefinition;

import java.util.Optional;

/** What a JSON name means within a shape; for {@code _birthDate} the extensions of a primitive. */
final class Member {
    /** What the JSON value holds. */
    enum Content {
        PRIMITIVE,
        /** The sibling of a primitive, with its id and extensions. */
        EXTENSIONS,
        OBJECT,
        RESOURCE
    }

    final ElementDefinition element;
    final Content content;
    final String typeName;

    /** The name of the value itself, without the underscore of its sibling. */
    final String valueName;

    /** The name of the sibling with the extensions. */
    final String siblingName;

    final boolean isRepeating;
    final Optional<Primitive> primitive;

    /** Whether the text is that of {@code Reference.reference}. */
    final boolean isReference;

    /** A bit of its own among the required elements of the shape; 0 when it is optional. */
    final long requiredBit;

    /** A bit of its own among the choices of the shape; 0 when it is none. */
    final long choiceBit;

    private final StructureValidator validator;
    private Shape shape;

    Member(
            StructureValidator validator,
            ElementDefinition element,
            Content content,
            String typeName,
            String valueName,
            Optional<Primitive> primitive,
            boolean isReference,
            long requiredBit,
            long choiceBit) {
        this.validator = validator;
        this.element = element;
        this.content = content;
        this.typeName = typeName;
        this.valueName = valueName;
        this.siblingName = ("_" + valueName).intern();
        this.isRepeating = element.isRepeating();
        this.primitive = primitive;
        this.isReference = isReference;
        this.requiredBit = requiredBit;
        this.choiceBit = choiceBit;
    }

    /** The shape of the object; found when first needed, since types contain themselves. */
    Shape shape() {
        // Racing threads find the same shape, whose fields are final.
        Shape found = shape;
        if (found == null) {
            found = validator.type(content == Content.EXTENSIONS ? "Element" : typeName);
            shape = found;
        }
        return found;
    }
}
