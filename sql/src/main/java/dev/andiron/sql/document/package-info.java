/**
 * Rows of views out of the bytes of documents: one pass finds the members that a view looks at, and
 * its expressions then walk over what was found. What it does not expect it leaves to SQL.
 */
package dev.andiron.sql.document;
