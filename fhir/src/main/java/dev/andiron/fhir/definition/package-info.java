/**
 * What a FHIR version defines: types and their elements, search parameters, compartments; loaded
 * from one condensed file per version.
 */
package dev.andiron.fhir.definition;
