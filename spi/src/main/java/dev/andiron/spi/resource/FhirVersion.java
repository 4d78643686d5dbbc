package dev.andiron.spi.resource;

/** The FHIR release that a resource was written under. */
public enum FhirVersion {
    R4,
    R4B,
    R5
}
