package dev.andiron.spi.job;

import java.time.Instant;

/**
 * A job that a worker has got.
 *
 * @param lease what the worker shows with every change
 * @param job the job as it stands after the claim
 * @param expires when another worker may take it over, unless {@linkplain JobStore#heartbeat
 *     renewed}
 */
public record Claim(Lease lease, Job job, Instant expires) {}
