/**
 * The FHIR interactions, one class each, without HTTP: a request of this package comes from the
 * socket or from an entry of a bundle, and both are answered by the same code.
 */
package dev.andiron.server.interaction;
