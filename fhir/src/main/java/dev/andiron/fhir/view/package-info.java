/**
 * SQL on FHIR: reads, checks and types ViewDefinitions, evaluates them over resources, hands them
 * to backends as {@link dev.andiron.spi.view.View}, and writes their rows.
 */
package dev.andiron.fhir.view;
