/**
 * Compiles views ({@link dev.andiron.spi.view.View}) to one SQL statement over JSON documents, for
 * a dialect.
 */
package dev.andiron.sql.view;
