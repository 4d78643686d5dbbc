/** Issues and OperationOutcomes: how everything that is wrong is told to a client. */
package dev.andiron.fhir.outcome;
