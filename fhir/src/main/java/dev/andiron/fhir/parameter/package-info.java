/** Search parameters that a tenant defines itself: what their definitions must be, and mean. */
package dev.andiron.fhir.parameter;
