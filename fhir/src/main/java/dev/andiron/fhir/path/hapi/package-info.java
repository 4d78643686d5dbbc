/** The one package of paths that imports HAPI: its FHIRPath parser gives our own syntax tree. */
package dev.andiron.fhir.path.hapi;
