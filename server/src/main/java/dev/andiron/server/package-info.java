/**
 * The FHIR server as one object: {@code AndironServer} starts it from a configuration, on any port,
 * in a process of its own or inside another.
 */
package dev.andiron.server;
