/**
 * JSON as FHIR needs it: an immutable tree over the bytes it was read from, so that decimals keep
 * their digits and writing a resource back copies instead of formatting.
 */
package dev.andiron.fhir.json;
