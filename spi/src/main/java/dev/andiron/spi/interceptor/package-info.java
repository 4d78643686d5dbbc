/**
 * Hooks around FHIR interactions: who may, what is added, what is written down. Found like
 * backends, configured by name, run in order and for the tenants that the operator chose.
 */
package dev.andiron.spi.interceptor;
