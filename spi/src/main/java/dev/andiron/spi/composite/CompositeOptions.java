package dev.andiron.spi.composite;

import dev.andiron.spi.Option;
import dev.andiron.spi.Options;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The options of a composite of a primary and one follower that searches. */
public final class CompositeOptions {

    /** The part that holds the truth. */
    public static final Option<String> PRIMARY =
            Option.backend("primary", "The backend that holds the truth and takes the writes.")
                    .required();

    /** The part that searches. */
    public static final Option<String> SEARCH =
            Option.backend("search", "The backend that follows the primary and searches.")
                    .required();

    /** How the follower is kept in step. */
    public static final Option<Synchronization> SYNCHRONIZATION =
            Option.choice(
                    "sync",
                    Synchronization.HYBRID,
                    "How the follower is kept in step: a write waits for it (synchronous), a search"
                            + " waits for it (hybrid), or nobody does (asynchronous).");

    /** How long one waits for the follower. */
    public static final Option<Duration> PATIENCE =
            Option.duration(
                    "patience",
                    Duration.ofSeconds(10),
                    "How long a write (synchronous) or a search (hybrid) waits for the follower at"
                            + " most.");

    /** How far behind a follower is healthy. */
    public static final Option<Duration> TOLERATED_LAG =
            Option.duration(
                    "tolerated-lag",
                    Duration.ofMinutes(1),
                    "How old the oldest change may be that the follower has not applied, before it"
                            + " is reported as unhealthy.");

    private CompositeOptions() {}

    /** All of them, for {@link dev.andiron.spi.BackendProvider#options()}. */
    public static List<Option<?>> all() {
        List<Option<?>> all = new ArrayList<>(List.of(PRIMARY, SEARCH));
        all.addAll(manner());
        return List.copyOf(all);
    }

    /** Those that say how the follower is kept in step, without those that name the parts. */
    public static List<Option<?>> manner() {
        return List.of(SYNCHRONIZATION, PATIENCE, TOLERATED_LAG);
    }

    /**
     * The composition that these options describe.
     *
     * @param options hold {@code primary} and {@code search}, whoever declared them
     */
    public static Composition composition(Options options) {
        return new Composition(
                options.get(PRIMARY),
                List.of(
                        new Composition.Part(
                                options.get(SEARCH),
                                options.get(SYNCHRONIZATION),
                                options.get(PATIENCE),
                                options.get(TOLERATED_LAG))));
    }
}
