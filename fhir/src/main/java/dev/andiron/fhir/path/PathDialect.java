package dev.andiron.fhir.path;

/** Where an expression may be read in more than one way, which it is. */
public enum PathDialect {

    /** As FHIRPath says. */
    STANDARD,

    /**
     * As {@link #STANDARD}, and what can only be a mistake is refused: a path that starts with a
     * type that its context cannot have, and a place in a collection whose order is undefined.
     */
    STRICT,

    /** As {@link #STANDARD}, and a choice may be named as in JSON, {@code valueQuantity}. */
    CHOICE_NAMES,

    /**
     * As {@link #STANDARD}, and {@code as} filters several values, as search parameters of R4
     * expect it, where FHIRPath has it fail.
     */
    FILTERING_AS
}
