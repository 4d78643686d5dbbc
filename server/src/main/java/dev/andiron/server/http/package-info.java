/**
 * FHIR over HTTP: what comes over the socket becomes a request of the interactions, and their
 * answer goes back in the format, encoding and words that the client asked for.
 */
package dev.andiron.server.http;
