/**
 * The forms that a resource travels in: JSON or XML, whole or in part, and how a client says so.
 */
package dev.andiron.fhir.format;
