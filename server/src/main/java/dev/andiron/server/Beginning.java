package dev.andiron.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * A part of the start that runs beside others, on a thread of its own.
 *
 * @param <T> what it makes
 */
final class Beginning<T> {
    private final CompletableFuture<T> made;

    Beginning(String name, Supplier<T> part) {
        made =
                CompletableFuture.supplyAsync(
                        part,
                        task -> Thread.ofPlatform().name("start-" + name).daemon().start(task));
    }

    /** What it makes, once it is there; its failure is thrown as it was. */
    T done() {
        try {
            return made.join();
        } catch (CompletionException failed) {
            throw switch (failed.getCause()) {
                case RuntimeException failure -> failure;
                case Error failure -> throw failure;
                case null, default -> failed;
            };
        }
    }
}
