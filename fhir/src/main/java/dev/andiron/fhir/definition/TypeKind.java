package dev.andiron.fhir.definition;

/** What sort of type a {@link TypeDefinition} describes. */
public enum TypeKind {
    /** A JSON string, number or boolean, such as {@code dateTime}. */
    PRIMITIVE,
    /** A data type with elements, such as {@code HumanName}. */
    COMPLEX,
    /** Elements within elements, named by their path, such as {@code Patient.contact}. */
    BACKBONE,
    /** A resource type. */
    RESOURCE
}
