/** Fetches a Bulk Data export of any server into a folder. */
package dev.andiron.server.cli.export;
