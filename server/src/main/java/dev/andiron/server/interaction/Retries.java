package dev.andiron.server.interaction;

import dev.andiron.spi.StorageException;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Decides again what another writer has overtaken: reads, decides and commits up to a number of
 * times, with growing, random pauses between. Safe for use by many threads.
 *
 * @param attempts how many times in all
 * @param pause the longest pause after the first attempt; it doubles up to 32 times of that
 */
public record Retries(int attempts, Duration pause) {

    /** Eight attempts within about a second. */
    public static Retries standard() {
        return new Retries(8, Duration.ofMillis(5));
    }

    /**
     * Runs an attempt, which begins with reading what it decides by.
     *
     * @throws StorageException the last attempt's, when none succeeded
     */
    public <T> T run(Supplier<T> attempt) {
        for (int i = 1; ; i++) {
            try {
                return attempt.get();
            } catch (StorageException.VersionConflict | StorageException.PreconditionFailed e) {
                if (i >= attempts || !sleep(i)) {
                    throw e;
                }
            }
        }
    }

    private boolean sleep(int attempt) {
        long longest = pause.toMillis() << Math.min(attempt - 1, 5);
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(longest + 1));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
