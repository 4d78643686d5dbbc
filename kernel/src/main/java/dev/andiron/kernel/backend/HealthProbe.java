package dev.andiron.kernel.backend;

import dev.andiron.spi.Health;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Asks one backend for its health without waiting longer than a bound, whatever the backend does.
 * While an answer is outstanding no second question is asked.
 */
final class HealthProbe {
    private final Supplier<Health> question;
    private final Duration patience;
    private CompletableFuture<Health> outstanding;

    HealthProbe(Supplier<Health> question, Duration patience) {
        this.question = question;
        this.patience = patience;
    }

    /** The answer, or why there is none. */
    Health ask() {
        CompletableFuture<Health> answer = answer();
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException silent) {
            return new Health.Degraded(
                    "it has not told its health within %d ms".formatted(patience.toMillis()));
        } catch (ExecutionException failed) {
            return new Health.Down(String.valueOf(failed.getCause().getMessage()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Health.Degraded("the question was interrupted");
        }
    }

    private synchronized CompletableFuture<Health> answer() {
        if (outstanding == null || outstanding.isDone()) {
            var asked = new CompletableFuture<Health>();
            Thread.ofVirtual()
                    .name("health")
                    .start(
                            () -> {
                                try {
                                    asked.complete(question.get());
                                } catch (RuntimeException | Error failed) {
                                    asked.completeExceptionally(failed);
                                }
                            });
            outstanding = asked;
        }
        return outstanding;
    }
}
