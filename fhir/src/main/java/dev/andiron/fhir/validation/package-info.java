/**
 * Checks resources against the definitions: names, JSON types, formats of primitives,
 * cardinalities.
 */
package dev.andiron.fhir.validation;
