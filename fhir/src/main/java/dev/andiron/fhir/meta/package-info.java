/** What the server itself writes into every resource: its id, version and time of writing. */
package dev.andiron.fhir.meta;
