package dev.andiron.server.job;

import dev.andiron.kernel.routing.Storage;
import dev.andiron.spi.ClaimStrategy;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The jobs of a server: how they are asked for, and its workers, if the backend keeps jobs. Safe
 * for use by many threads.
 */
public final class JobService implements AutoCloseable {
    private final Jobs jobs;
    private final JobFiles files;
    private final Optional<JobRunner> runner;

    /**
     * @param kinds all that can be done, each name once
     */
    public JobService(
            Storage storage,
            JobSettings settings,
            List<JobKind> kinds,
            InstantSource clock,
            JobObserver observer) {
        Map<String, JobKind> byName = HashMap.newHashMap(kinds.size());
        for (JobKind kind : kinds) {
            if (byName.put(kind.name(), kind) != null) {
                throw new IllegalArgumentException("two kinds of jobs are called " + kind.name());
            }
        }
        boolean works =
                storage.capabilities().claims() != ClaimStrategy.NONE && settings.workers() > 0;
        runner =
                works
                        ? Optional.of(
                                new JobRunner(
                                        storage.jobs(),
                                        storage.capabilities().blobs()
                                                ? Optional.of(storage.blobs())
                                                : Optional.empty(),
                                        byName,
                                        settings,
                                        clock,
                                        observer))
                        : Optional.empty();
        jobs = new Jobs(storage, settings, byName, clock, this::wake);
        files = new JobFiles(storage, byName);
    }

    private void wake() {
        runner.ifPresent(JobRunner::wake);
    }

    public Jobs jobs() {
        return jobs;
    }

    public JobFiles files() {
        return files;
    }

    /** How many jobs run in this server. */
    public int running() {
        return runner.map(JobRunner::running).orElse(0);
    }

    /** Begins to work. */
    public void start() {
        runner.ifPresent(JobRunner::start);
    }

    /** Gives back what runs. */
    @Override
    public void close() {
        runner.ifPresent(JobRunner::close);
    }
}
