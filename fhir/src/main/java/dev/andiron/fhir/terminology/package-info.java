/**
 * What codes mean as far as stored resources tell it: hierarchies of code systems, contents of
 * value sets.
 */
package dev.andiron.fhir.terminology;
