package dev.andiron.kernel.composite;

import java.time.Duration;
import java.time.Instant;

/** When an idle tenant is looked at again: ever more rarely while there is nothing. */
final class IdleLooks {
    /** How long it is not looked at, at most. */
    private static final Duration LONGEST = Duration.ofSeconds(15);

    private Instant next = Instant.MIN;
    private Duration idle = Duration.ZERO;

    boolean isDue(Instant now) {
        return !now.isBefore(next);
    }

    /** There was something: look again at once. */
    void found(Instant now) {
        idle = Duration.ZERO;
        next = now;
    }

    /**
     * There was nothing.
     *
     * @param interval how often to look at most
     */
    void nothing(Instant now, Duration interval) {
        Duration longest = interval.compareTo(LONGEST) < 0 ? LONGEST : interval;
        Duration longer = idle.isZero() ? interval : idle.multipliedBy(2);
        idle = longer.compareTo(longest) < 0 ? longer : longest;
        next = now.plus(idle);
    }
}
