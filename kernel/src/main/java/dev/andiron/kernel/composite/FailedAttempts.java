package dev.andiron.kernel.composite;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often in a row something has failed, and how long to leave it alone. Guarded by its owner's
 * lock.
 */
final class FailedAttempts {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    private static final int MOST_DOUBLED = 10;

    private int count;
    private String lastError = "";

    void succeeded() {
        count = 0;
        lastError = "";
    }

    /**
     * Takes note of a failure.
     *
     * @return whether it is another one than before
     */
    boolean failed(String error) {
        count++;
        boolean isNew = !error.equals(lastError);
        lastError = error;
        return isNew;
    }

    /** How long to wait before the next attempt: at random, so that many do not come together. */
    Duration pause() {
        long doubled = FIRST_PAUSE.toMillis() << Math.min(count - 1, MOST_DOUBLED);
        long pause = Math.min(LONGEST_PAUSE.toMillis(), doubled);
        return Duration.ofMillis(pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1));
    }

    int count() {
        return count;
    }

    String lastError() {
        return lastError;
    }
}
