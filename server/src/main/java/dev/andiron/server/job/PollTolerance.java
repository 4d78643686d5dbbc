package dev.andiron.server.job;

import dev.andiron.spi.job.JobId;
import dev.andiron.spi.tenant.TenantId;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often clients may ask how a job stands: once in a second for as long as it takes, which no
 * client is asked to do, and so many times more as an operator tolerates. Each server counts what
 * it is asked itself. Safe for use by many threads.
 */
final class PollTolerance {
    private static final Duration EVERY = Duration.ofSeconds(1);

    /** Jobs that were asked for least recently are forgotten beyond this, and begin anew. */
    private static final int MOST_JOBS = 10_000;

    private final int most;
    private final InstantSource clock;
    private final Map<Asked, Left> jobs =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Asked, Left> eldest) {
                    return size() > MOST_JOBS;
                }
            };

    private record Asked(TenantId tenant, JobId job) {}

    /** How many are left at a time; each {@link #EVERY} gives another one. */
    private record Left(double polls, Instant at) {}

    /**
     * @param most how many polls are tolerated at once
     */
    PollTolerance(int most, InstantSource clock) {
        this.most = most;
        this.clock = clock;
    }

    /** Counts a poll of a job; whether it is tolerated. */
    synchronized boolean allows(TenantId tenant, JobId job) {
        Instant now = clock.instant();
        var asked = new Asked(tenant, job);
        Left before = jobs.getOrDefault(asked, new Left(most, now));
        double earned = Duration.between(before.at(), now).toMillis() / (double) EVERY.toMillis();
        double polls = Math.min(most, before.polls() + Math.max(0, earned));
        boolean allowed = polls >= 1;
        jobs.put(asked, new Left(allowed ? polls - 1 : polls, now));
        return allowed;
    }

    /** Forgets a job that nobody has to wait for any more. */
    synchronized void forget(TenantId tenant, JobId job) {
        jobs.remove(new Asked(tenant, job));
    }
}
