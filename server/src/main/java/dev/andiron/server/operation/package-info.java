/**
 * FHIR operations: which there are, where they stand, and how their parameters are read and
 * written. What an operation does lies with the interactions that it belongs to.
 */
package dev.andiron.server.operation;
