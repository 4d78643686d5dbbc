/**
 * FHIRPath: a small syntax tree, compiled once to closures that run over the JSON tree with the
 * types that the definitions give.
 */
package dev.andiron.fhir.path;
