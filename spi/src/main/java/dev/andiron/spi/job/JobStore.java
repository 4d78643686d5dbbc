package dev.andiron.spi.job;

import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Durable jobs. One side submits jobs of a tenant, looks at them and cancels them. The other side,
 * workers in any number of server processes as far as the declared {@link
 * dev.andiron.spi.ClaimStrategy} reaches, claims them and does the work. A job has one holder at a
 * time: a claim gives a {@link Lease} with a fencing token larger than every earlier one of that
 * job, and every change to a claimed job is made only if its lease is the last one that was given
 * and the job still runs. Otherwise nothing changes, and the call throws {@link
 * dev.andiron.spi.StorageException.LeaseLost}, on which the worker stops.
 *
 * <p>An expired lease does not end by itself: it ends when another worker claims the job. Until
 * then its holder may renew it and go on.
 *
 * <p>On return every change is durable and visible to every later call. A call that throws has
 * changed nothing, unless {@link dev.andiron.spi.StorageException.Unavailable#outcomeUnknown()}
 * says otherwise; every call may then be repeated. Times are taken from {@link
 * dev.andiron.spi.BackendContext#clock()}, in whole milliseconds. Safe for use by many threads at
 * once; one lease may be renewed by one thread while another works under it.
 */
public interface JobStore {

    /**
     * Adds a job that waits for a worker, due at once. If the tenant has a job of that id already,
     * nothing changes, whatever differs.
     *
     * @return the job, as it stands
     * @throws dev.andiron.spi.StorageException.TooLarge if the request has more than {@link
     *     Job#MAX_DATA} bytes
     */
    Job submit(TenantContext tenant, JobSubmission submission);

    /** A job as it stands; empty if there is none. */
    Optional<Job> read(TenantContext tenant, JobId id);

    /** Jobs of a tenant, newest first: by time of submission, then by id, both descending. */
    List<Job> list(TenantContext tenant, JobList request);

    /**
     * Ends a job as cancelled, unless it has ended already. If a worker holds it, its lease is lost
     * with that: it learns so at its next heartbeat, checkpoint or end.
     *
     * @return the job as it stands then; empty if there is none
     */
    Optional<Job> cancel(TenantContext tenant, JobId id);

    /**
     * Removes a job in whatever state. If a worker holds it, its lease is lost with that. The job's
     * {@linkplain dev.andiron.spi.blob.BlobStore blobs} are not touched.
     *
     * @return whether there was one
     */
    boolean delete(TenantContext tenant, JobId id);

    /**
     * Gives a worker one job of any tenant that is to be done: accepted and due, or running with an
     * expired lease. Of several the one that was due first, so that none waits for ever. The job
     * runs from then on, with one attempt more, under a new lease. Administrative: not about a
     * single tenant.
     *
     * @param kinds only jobs of these kinds
     * @param duration how long the lease lasts, from now; positive
     * @return empty if there is nothing to do
     */
    Optional<Claim> claim(WorkerId worker, Set<String> kinds, Duration duration);

    /**
     * Renews a lease.
     *
     * @param duration how long it lasts, from now; positive
     * @return when it expires
     * @throws dev.andiron.spi.StorageException.LeaseLost if it is no longer held
     */
    Instant heartbeat(Lease lease, Duration duration);

    /**
     * Remembers how far a job is and where the next worker would go on. Both change together or not
     * at all. The lease is not renewed by it.
     *
     * @param checkpoint what the worker needs to go on, up to {@link Job#MAX_DATA} bytes, which the
     *     store does not look into
     * @throws dev.andiron.spi.StorageException.LeaseLost if the lease is no longer held
     * @throws dev.andiron.spi.StorageException.TooLarge if the checkpoint has more bytes
     */
    void checkpoint(Lease lease, Progress progress, Json checkpoint);

    /**
     * Gives a job back that the worker cannot go on with for reasons of its own, such as a
     * shutdown: it waits for another worker, due at once, and the attempt is not counted.
     *
     * @throws dev.andiron.spi.StorageException.LeaseLost if the lease is no longer held
     */
    void release(Lease lease);

    /**
     * Puts a job off after an attempt that failed: it waits for a worker again, the attempt counts.
     *
     * @param failure why, for a person, up to {@link Job#MAX_FAILURE} characters
     * @param due not claimed before this time, in whole milliseconds
     * @throws dev.andiron.spi.StorageException.LeaseLost if the lease is no longer held
     */
    void putOff(Lease lease, String failure, Instant due);

    /**
     * Ends a job as completed.
     *
     * @param progress its last
     * @param result what it led to, up to {@link Job#MAX_DATA} bytes
     * @throws dev.andiron.spi.StorageException.LeaseLost if the lease is no longer held, for one
     *     because the job was cancelled in the meantime
     * @throws dev.andiron.spi.StorageException.TooLarge if the result has more bytes
     */
    void finish(Lease lease, Progress progress, Json result);

    /**
     * Ends a job as failed.
     *
     * @param failure why, for a person, up to {@link Job#MAX_FAILURE} characters
     * @throws dev.andiron.spi.StorageException.LeaseLost if the lease is no longer held
     */
    void fail(Lease lease, String failure);

    /**
     * Jobs of all tenants that ended before a time, those that ended first in front.
     * Administrative: for removing what is old.
     *
     * @param limit how many at most, from 1
     */
    List<Job> endedBefore(Instant time, int limit);

    /**
     * How many jobs there are by kind and state, in no particular order, without those of which
     * there are none. Administrative: for the operator's metrics.
     */
    List<JobCount> counts();
}
