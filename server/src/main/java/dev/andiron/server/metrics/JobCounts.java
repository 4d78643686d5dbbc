package dev.andiron.server.metrics;

import dev.andiron.spi.job.JobCount;
import dev.andiron.spi.job.JobState;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** How many jobs there are, asked seldom. Safe for use by many threads. */
final class JobCounts {
    private static final Duration STALENESS = Duration.ofSeconds(5);

    private final Supplier<List<JobCount>> source;
    private volatile Read last = new Read(System.nanoTime() - STALENESS.toNanos(), List.of());

    private record Read(long time, List<JobCount> counts) {}

    JobCounts(Supplier<List<JobCount>> source) {
        this.source = source;
    }

    /** How many of a kind are in a state. */
    double of(String kind, JobState state) {
        Read now = last;
        if (System.nanoTime() - now.time() >= STALENESS.toNanos()) {
            now = new Read(System.nanoTime(), source.get());
            last = now;
        }
        return now.counts().stream()
                .filter(each -> each.state() == state && each.kind().equals(kind))
                .mapToLong(JobCount::count)
                .sum();
    }
}
