/**
 * The PostgreSQL plugin: commits by one function call, a change feed that waits for whoever is in
 * front, searches compiled to SQL, row-level security behind every statement.
 */
package dev.andiron.postgres;
