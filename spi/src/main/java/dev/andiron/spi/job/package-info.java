/**
 * Durable long-running jobs: submitted for a tenant, claimed by one of many workers under a lease,
 * and fenced, so that a worker that lost its lease can no longer change anything.
 */
package dev.andiron.spi.job;
