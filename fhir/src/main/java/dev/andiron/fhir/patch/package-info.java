/**
 * JSON Patch, JSON Merge Patch and FHIRPath Patch: each takes a resource and a patch and gives the
 * changed resource, or refuses by {@link dev.andiron.fhir.outcome.FhirException} with 400 for a
 * malformed patch and 422 for one that does not apply, naming the operation and its path.
 */
package dev.andiron.fhir.patch;
