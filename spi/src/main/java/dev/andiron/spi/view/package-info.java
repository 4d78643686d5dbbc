/**
 * Tables over resources (SQL on FHIR): a {@link dev.andiron.spi.view.View} is a compiled
 * ViewDefinition, checked, typed and with its constants in place; a backend that runs it itself
 * offers a {@link dev.andiron.spi.view.ViewEngine}, one that also runs SQL over such tables a
 * {@link dev.andiron.spi.view.SqlQueryEngine}.
 */
package dev.andiron.spi.view;
