package dev.andiron.kernel.routing;

import dev.andiron.spi.job.Claim;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobCount;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobList;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.job.JobSubmission;
import dev.andiron.spi.job.Lease;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.job.WorkerId;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.Permission;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A job store behind the caller's permissions. A job writes nothing by being submitted; what it
 * does later is checked where it does it.
 */
record CheckedJobStore(JobStore store) implements JobStore {

    @Override
    public Job submit(TenantContext tenant, JobSubmission submission) {
        tenant.require(Permission.READ);
        return store.submit(tenant, submission);
    }

    @Override
    public Optional<Job> read(TenantContext tenant, JobId id) {
        tenant.require(Permission.READ);
        return store.read(tenant, id);
    }

    @Override
    public List<Job> list(TenantContext tenant, JobList request) {
        tenant.require(Permission.READ);
        return store.list(tenant, request);
    }

    @Override
    public Optional<Job> cancel(TenantContext tenant, JobId id) {
        tenant.require(Permission.READ);
        return store.cancel(tenant, id);
    }

    @Override
    public boolean delete(TenantContext tenant, JobId id) {
        tenant.require(Permission.READ);
        return store.delete(tenant, id);
    }

    @Override
    public Optional<Claim> claim(WorkerId worker, Set<String> kinds, Duration duration) {
        return store.claim(worker, kinds, duration);
    }

    @Override
    public Instant heartbeat(Lease lease, Duration duration) {
        return store.heartbeat(lease, duration);
    }

    @Override
    public void checkpoint(Lease lease, Progress progress, Json checkpoint) {
        store.checkpoint(lease, progress, checkpoint);
    }

    @Override
    public void release(Lease lease) {
        store.release(lease);
    }

    @Override
    public void putOff(Lease lease, String failure, Instant due) {
        store.putOff(lease, failure, due);
    }

    @Override
    public void finish(Lease lease, Progress progress, Json result) {
        store.finish(lease, progress, result);
    }

    @Override
    public void fail(Lease lease, String failure) {
        store.fail(lease, failure);
    }

    @Override
    public List<Job> endedBefore(Instant time, int limit) {
        return store.endedBefore(time, limit);
    }

    @Override
    public List<JobCount> counts() {
        return store.counts();
    }
}
