package dev.andiron.spi.job;

import dev.andiron.spi.tenant.TenantId;

/**
 * What a worker shows with every change to the job that it has claimed. The fencing token grows
 * with every claim of the job, so that the lease of a worker that was thought dead is worth nothing
 * once another has taken over, even if both are called the same.
 *
 * @param tenant whose job it is
 * @param job the job
 * @param worker who claimed it
 * @param token the fencing token, from 1
 */
public record Lease(TenantId tenant, JobId job, WorkerId worker, long token) {

    public Lease {
        if (token < 1) {
            throw new IllegalArgumentException("fencing tokens count from 1");
        }
    }
}
