package dev.andiron.s3;

import dev.andiron.spi.StorageException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Requests side by side, each on a virtual thread of its own. */
final class Parallel {
    private Parallel() {}

    /** Starts a task. */
    static <T> CompletableFuture<T> start(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, Thread::startVirtualThread);
    }

    /** Waits for a task, and throws what it threw. */
    static <T> T join(CompletableFuture<T> task) {
        try {
            return task.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof StorageException storage) {
                throw storage;
            }
            throw new StorageException.Internal("a request failed", failed.getCause());
        }
    }

    /** Applies a request to each element, all at once, and keeps the order. */
    static <A, B> List<B> map(List<A> elements, Function<A, B> request) {
        if (elements.size() == 1) {
            var single = new ArrayList<B>(1);
            single.add(request.apply(elements.getFirst()));
            return single;
        }
        List<CompletableFuture<B>> tasks =
                elements.stream().map(each -> start(() -> request.apply(each))).toList();
        var results = new ArrayList<B>(elements.size());
        tasks.forEach(task -> results.add(join(task)));
        return results;
    }
}
