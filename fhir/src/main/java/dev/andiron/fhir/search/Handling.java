package dev.andiron.fhir.search;

/** What a client prefers to happen to parameters that are not understood. */
public enum Handling {
    /** The search is refused. */
    STRICT,
    /** They are ignored, and the result says so. */
    LENIENT
}
