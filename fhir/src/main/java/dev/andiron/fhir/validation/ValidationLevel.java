package dev.andiron.fhir.validation;

/** How much of a resource is checked before it is stored. */
public enum ValidationLevel {
    /** Nothing. */
    NONE,
    /** Names, JSON types, formats of primitives, what repeats and what does not. */
    STRUCTURE,
    /** {@link #STRUCTURE}, and that required elements are there, at every depth. */
    REQUIRED
}
