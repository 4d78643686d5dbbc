/**
 * Bulk Data export: resources of the whole system, of all patients or of a group, as they were at
 * one moment, written to files by a job.
 */
package dev.andiron.server.export;
