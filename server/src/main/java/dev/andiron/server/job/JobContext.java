package dev.andiron.server.job;

import dev.andiron.spi.job.Claim;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.job.Lease;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantContext;

/**
 * What a job works with, for one attempt. Every call that changes the job throws {@link
 * dev.andiron.spi.StorageException.LeaseLost} once another worker has it, or it was cancelled; the
 * job lets that pass. Used by the job's thread, and by threads that it starts and waits for.
 */
public final class JobContext {
    private final JobStore store;
    private final Claim claim;
    private final TenantContext tenant;
    private volatile Json checkpoint;
    private volatile Progress progress;
    private volatile RuntimeException end;

    JobContext(JobStore store, Claim claim) {
        this.store = store;
        this.claim = claim;
        tenant = TenantContext.of(claim.job().tenant());
        checkpoint = claim.job().checkpoint();
        progress = claim.job().progress();
    }

    /** The job as it stood when this attempt began. */
    public Job job() {
        return claim.job();
    }

    /** Whose job it is, with all permissions. */
    public TenantContext tenant() {
        return tenant;
    }

    Lease lease() {
        return claim.lease();
    }

    /** Where to go on; empty at the start. */
    public Json checkpoint() {
        return checkpoint;
    }

    /** What was told last. */
    public Progress progress() {
        return progress;
    }

    /** Remembers how far the job is, durably; then stops the job if it is to stop. */
    public void checkpoint(Progress now, Json next) {
        check();
        store.checkpoint(claim.lease(), now, next);
        progress = now;
        checkpoint = next;
        check();
    }

    /**
     * A name for an output file that no other attempt at this job uses, so that a worker that was
     * thought dead cannot put its own file in the place of another's.
     *
     * @param stem such as {@code Patient-1}
     * @param extension such as {@code .ndjson}
     */
    public String part(String stem, String extension) {
        return stem + "-" + claim.lease().token() + extension;
    }

    /** Stops the job here if it is to stop; for work that goes on long between checkpoints. */
    public void check() {
        RuntimeException reason = end;
        if (reason != null) {
            throw reason;
        }
    }

    /** Makes the job stop, at its next call. */
    void end(RuntimeException reason) {
        end = reason;
    }
}
