/**
 * Turns the SPI's search values into rows of a few narrow index tables, and its queries into SQL
 * over those tables with bind variables. Private to the JDBC plugins.
 */
package dev.andiron.sql;
