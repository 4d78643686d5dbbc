package dev.andiron.fhir.terminology;

/**
 * A code of a code system.
 *
 * @param system the URL of the code system
 */
public record Code(String system, String code) {}
