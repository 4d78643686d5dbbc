/** Units of measure: which quantities are the same, whatever unit they are told in. */
package dev.andiron.fhir.quantity;
