package dev.andiron.spi.job;

/** Where a job stands. */
public enum JobState {
    /** Waits for a worker: just submitted, released, or waiting for its next attempt. */
    ACCEPTED,
    /** Claimed by a worker, whose lease may have expired. */
    RUNNING,
    /** Ended with a result. */
    COMPLETED,
    /** Ended without a result, for a reason. */
    FAILED,
    /** Ended because somebody wanted it to. */
    CANCELLED;

    /** Whether nothing will change any more but that the job is deleted. */
    public boolean ended() {
        return switch (this) {
            case ACCEPTED, RUNNING -> false;
            case COMPLETED, FAILED, CANCELLED -> true;
        };
    }
}
