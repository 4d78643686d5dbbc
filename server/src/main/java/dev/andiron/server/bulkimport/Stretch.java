package dev.andiron.server.bulkimport;

import dev.andiron.spi.resource.ResourceKey;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * What is imported between two checkpoints: batches that are stored side by side, in any order,
 * since no resource occurs twice among them. Filled by one thread.
 */
final class Stretch implements AutoCloseable {
    private static final int MOST_KEYS = 50_000;

    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<ResourceKey> keys = new HashSet<>();
    private final List<Slot> slots = new ArrayList<>();
    private final List<ImportFailure> failures = new ArrayList<>();
    private final Function<Batch, Batch.Result> store;
    private final int parallel;
    private final Semaphore free;
    private final long deadline;
    private volatile Throwable broken;

    /** Where the result of a batch goes. */
    private static final class Slot {
        private volatile Batch.Result result;
    }

    Stretch(ImportSettings settings, Function<Batch, Batch.Result> store) {
        this.store = store;
        parallel = settings.parallel();
        free = new Semaphore(parallel);
        deadline = System.nanoTime() + settings.stretch().toNanos();
    }

    /** Whether it is time for a checkpoint. */
    boolean isOver() {
        return keys.size() >= MOST_KEYS || System.nanoTime() - deadline >= 0;
    }

    /** Whether nothing was given to it. */
    boolean isEmpty() {
        return slots.isEmpty();
    }

    /** Notes that a resource is written; false if it is so already. */
    boolean add(ResourceKey key) {
        return keys.add(key);
    }

    /** Stores a batch, as soon as there is a place. */
    void submit(Batch batch) throws InterruptedException {
        free.acquire();
        throwBroken();
        var slot = new Slot();
        slots.add(slot);
        workers.execute(
                () -> {
                    try {
                        slot.result = store.apply(batch);
                    } catch (RuntimeException | Error e) {
                        broken = e; // thrown where the batches come from
                    } finally {
                        free.release();
                    }
                });
    }

    /** Something could not be read. */
    void failed(ImportFailure failure) {
        failures.add(failure);
    }

    /**
     * Waits for all batches.
     *
     * @return what became of them, in their order
     */
    List<Batch.Result> results() throws InterruptedException {
        free.acquire(parallel);
        free.release(parallel);
        throwBroken();
        var results = new ArrayList<Batch.Result>(slots.size() + 1);
        slots.forEach(slot -> results.add(slot.result));
        if (!failures.isEmpty()) {
            results.add(new Batch.Result(ImportTally.failed(failures.size()), failures, 0));
        }
        return results;
    }

    private void throwBroken() {
        switch (broken) {
            case null -> {
                // all is well
            }
            case RuntimeException failure -> throw failure;
            case Error error -> throw error;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    /** Stops what still runs, and waits for its end. */
    @Override
    public void close() {
        workers.shutdownNow();
        workers.close();
    }
}
