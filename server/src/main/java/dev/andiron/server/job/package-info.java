/**
 * Long-running jobs: the workers that do them, and how a client submits one, watches it and gets
 * its result by FHIR's asynchronous pattern.
 */
package dev.andiron.server.job;
