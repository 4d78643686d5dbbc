/**
 * Sends files of resources to a FHIR server over HTTP: bundles as they are, NDJSON in batches,
 * several at once, with bounded memory.
 */
package dev.andiron.server.cli.load;
