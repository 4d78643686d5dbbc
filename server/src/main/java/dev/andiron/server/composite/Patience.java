package dev.andiron.server.composite;

import dev.andiron.server.job.JobContext;
import dev.andiron.spi.StorageException;

import java.time.Duration;
import java.util.function.Supplier;

/** How a job goes on when a part of a composite is away for a while: it waits, and asks again. */
final class Patience {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int ATTEMPTS = 60;

    private final JobContext context;

    Patience(JobContext context) {
        this.context = context;
    }

    /**
     * Does a step that may be repeated.
     *
     * @throws StorageException.Unavailable if it still cannot be done after a minute of attempts
     */
    <T> T with(Supplier<T> step) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            context.check();
            try {
                return step.get();
            } catch (StorageException.Unavailable | StorageException.Timeout away) {
                if (attempt == ATTEMPTS) {
                    throw away;
                }
                Thread.sleep(PAUSE);
            }
        }
    }
}
