package dev.andiron.fhir.definition;

/**
 * What a JSON name means within a type: {@code valueQuantity} is the element {@code value} as a
 * {@code Quantity}.
 *
 * @param element the element
 * @param type the one of its types that the name says
 */
public record ElementUse(ElementDefinition element, ElementType type) {

    /** The name of the type, for {@link Definitions#type}. */
    public String typeName() {
        return type.name();
    }
}
