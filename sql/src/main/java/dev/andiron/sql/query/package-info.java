/** Statements that users write, and the refusals that they get. */
package dev.andiron.sql.query;
