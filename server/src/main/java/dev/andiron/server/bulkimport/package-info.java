/**
 * Bulk import: resources from files, servers and uploads are stored under their ids, many in a
 * commit, by a job that goes on where another left off.
 */
package dev.andiron.server.bulkimport;
