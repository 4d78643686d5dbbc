/**
 * What FHIR search means: values extracted from resources, queries parsed into criteria, and one
 * evaluator that says which resources match.
 */
package dev.andiron.fhir.search;
