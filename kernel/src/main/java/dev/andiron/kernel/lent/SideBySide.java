package dev.andiron.kernel.lent;

import dev.andiron.spi.StorageException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** Does what waits for a store for several things at once, each on a virtual thread of its own. */
public final class SideBySide {
    private static final int AT_ONCE = 16;

    private SideBySide() {}

    /**
     * Applies a function to each element, some at a time, and keeps the order.
     *
     * @throws RuntimeException what the function threw for the first element that failed
     * @throws StorageException.Timeout if the caller is interrupted, as then the others are
     */
    public static <A, B> List<B> map(List<A> elements, Function<A, B> function) {
        var results = new ArrayList<B>(elements.size());
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            List<Future<B>> tasks = new ArrayList<>(elements.size());
            var free = new Semaphore(AT_ONCE);
            for (A element : elements) {
                free.acquire();
                tasks.add(
                        threads.submit(
                                () -> {
                                    try {
                                        return function.apply(element);
                                    } finally {
                                        free.release();
                                    }
                                }));
            }
            for (Future<B> task : tasks) {
                results.add(task.get());
            }
            return results;
        } catch (ExecutionException failed) {
            throw switch (failed.getCause()) {
                case RuntimeException cause -> cause;
                case Error error -> throw error;
                default -> new StorageException.Internal("a search failed", failed.getCause());
            };
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StorageException.Timeout("the search was interrupted", interrupted);
        } finally {
            threads.shutdownNow();
        }
    }
}
