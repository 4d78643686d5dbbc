/**
 * Bundles that ask for something: reading batches and transactions, the full URLs of their entries,
 * and the references within their resources, which a transaction resolves and rewrites.
 */
package dev.andiron.fhir.bundle;
