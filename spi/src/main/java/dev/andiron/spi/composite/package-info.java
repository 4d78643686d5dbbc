/**
 * Backends made of others: one holds the truth, others follow its change feed and answer what they
 * are better at.
 */
package dev.andiron.spi.composite;
