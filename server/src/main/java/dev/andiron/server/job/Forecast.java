package dev.andiron.server.job;

import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.job.Progress;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How far a job is, and when it may be done.
 *
 * @param job not ended
 */
record Forecast(Job job, Instant now) {
    /** A header field holds no more than this, all of ASCII. */
    private static final int LONGEST = 100;

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** How long it takes from now on, if it goes on as it went; empty if that is not known. */
    Optional<Duration> left() {
        Progress told = job.progress();
        if (job.state() != JobState.RUNNING
                || job.started().isEmpty()
                || told.done() == 0
                || told.total().isEmpty()) {
            return Optional.empty();
        }
        double rest = Math.max(0, told.total().getAsLong() - told.done());
        Duration spent = Duration.between(job.started().get(), now);
        return Optional.of(Duration.ofMillis((long) (spent.toMillis() * rest / told.done())));
    }

    /** When it is worth while to ask again: a forecast from little is worth little. */
    Duration pause() {
        Duration spent = Duration.between(job.started().orElse(now), now);
        Duration half =
                left().map(time -> time.dividedBy(2))
                        .map(time -> time.compareTo(spent) < 0 ? time : spent)
                        .orElse(SHORTEST_PAUSE);
        return half.compareTo(SHORTEST_PAUSE) < 0
                ? SHORTEST_PAUSE
                : half.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : half;
    }

    /** One line for a person. */
    String text() {
        if (job.state() == JobState.ACCEPTED) {
            return job.failure().isPresent() ? "waiting for another attempt" : "accepted";
        }
        var told = job.progress();
        var text = new StringBuilder("in progress");
        if (told.total().isPresent() && told.total().getAsLong() > 0) {
            long percent = Math.min(99, told.done() * 100 / told.total().getAsLong());
            text.append(": ").append(percent).append(" %");
        }
        left().ifPresent(
                        time ->
                                text.append(", about ")
                                        .append(Math.max(1, time.toSeconds()))
                                        .append(" s left"));
        if (!told.text().isEmpty()) {
            text.append(", ").append(told.text());
        }
        text.setLength(Math.min(text.length(), LONGEST));
        return text.toString().replaceAll("[^ -~]", "?");
    }
}
