package dev.andiron.spi.job;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Which jobs of a tenant to list, newest first.
 *
 * @param kinds of these kinds; empty means all
 * @param states in these states; empty means all
 * @param before only jobs behind this one in the list, to go on where an earlier page stopped
 * @param limit how many at most, from 1
 */
public record JobList(Set<String> kinds, Set<JobState> states, Optional<Place> before, int limit) {

    public JobList {
        kinds = Set.copyOf(kinds);
        states = Set.copyOf(states);
        if (limit < 1) {
            throw new IllegalArgumentException("a page has at least one place");
        }
    }

    /** The first page of all jobs. */
    public static JobList all(int limit) {
        return new JobList(Set.of(), Set.of(), Optional.empty(), limit);
    }

    /** The page behind a job. */
    public JobList behind(Job job) {
        return new JobList(kinds, states, Optional.of(new Place(job.submitted(), job.id())), limit);
    }

    /**
     * A place in the list: by time of submission, then by id, both descending. The job itself need
     * not be there any more.
     */
    public record Place(Instant submitted, JobId id) {}
}
