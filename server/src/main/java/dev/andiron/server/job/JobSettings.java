package dev.andiron.server.job;

import java.time.Duration;

/**
 * What an operator decides about jobs.
 *
 * @param workers how many jobs run at once in this server
 * @param lease how long after a crash of its server a job is taken over
 * @param poll how long a job that another server accepted waits at most
 * @param attempts how often a job is tried
 * @param backoff how long a job waits after its first failed attempt; each further one doubles it
 * @param patience how long an attempt waits for a storage that is in trouble
 * @param keep how long ended jobs and their output are kept
 * @param perTenant how many jobs of one tenant may wait or run
 * @param polls how often the status of a job may be asked for at once, beyond once in a second
 */
public record JobSettings(
        int workers,
        Duration lease,
        Duration poll,
        int attempts,
        Duration backoff,
        Duration patience,
        Duration keep,
        int perTenant,
        int polls) {
    private static final int DOUBLINGS = 8;

    public static JobSettings standard() {
        return new JobSettings(
                2,
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                5,
                Duration.ofSeconds(2),
                Duration.ofMinutes(10),
                Duration.ofHours(24),
                20,
                100);
    }

    /** How long to wait after an attempt, counted from 1. */
    Duration pause(int attempt) {
        return backoff.multipliedBy(1L << Math.min(attempt - 1, DOUBLINGS));
    }
}
