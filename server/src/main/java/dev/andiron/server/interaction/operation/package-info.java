/** What the FHIR operations of the standard do. */
package dev.andiron.server.interaction.operation;
