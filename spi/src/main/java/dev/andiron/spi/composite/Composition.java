package dev.andiron.spi.composite;

import java.time.Duration;
import java.util.List;

/**
 * What a composite is made of, by the configured names of its parts.
 *
 * @param primary the backend that holds the truth: reads, history and commits go to it
 * @param followers the backends that follow it, in the order in which they are asked
 */
public record Composition(String primary, List<Part> followers) {

    public Composition {
        followers = List.copyOf(followers);
    }

    /**
     * One follower.
     *
     * @param backend its configured name
     * @param synchronization how it is kept in step
     * @param patience how long a write (synchronous) or a search (hybrid) waits for it at most
     * @param toleratedLag how old the oldest change may be that it has not applied, before it is
     *     reported as unhealthy and searches no longer wait for it
     */
    public record Part(
            String backend,
            Synchronization synchronization,
            Duration patience,
            Duration toleratedLag) {}
}
