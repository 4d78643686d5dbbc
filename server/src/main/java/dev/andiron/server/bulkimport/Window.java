package dev.andiron.server.bulkimport;

import dev.andiron.server.bulkimport.ImportState.Place;
import dev.andiron.spi.resource.ResourceKey;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * What of an import no checkpoint tells of yet: batches that are stored side by side, in any order,
 * since no resource occurs twice among them. It moves on behind those batches that are done with
 * all in front of them, while others go on. Filled by one thread.
 */
final class Window implements AutoCloseable {
    /** No batch has more bytes. */
    static final int BATCH_BYTES = 4 << 20;

    private static final int MOST_KEYS = 50_000;

    /** A batch takes several times its bytes while it is parsed, extracted and queued. */
    private static final int PART_OF_HEAP = 64;

    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<ResourceKey> keys = new HashSet<>();
    private final ArrayDeque<Slot> slots = new ArrayDeque<>();
    private final Function<Batch, Batch.Result> store;
    private final int parallel;
    private final int bytes;
    private final Semaphore places;
    private final Semaphore room;
    private volatile Throwable broken;

    /** A part of the files, and what became of it. */
    private static final class Slot {
        private final Place end;
        private final List<ResourceKey> keys;
        private volatile Batch.Result result;

        Slot(Place end, List<ResourceKey> keys) {
            this.end = end;
            this.keys = keys;
        }
    }

    /**
     * What is done with all in front of it.
     *
     * @param end where it ends
     * @param results what became of it, in the order of the files
     * @param keys the resources it is about
     */
    record Done(Place end, List<Batch.Result> results, List<ResourceKey> keys) {}

    /**
     * @param parallel how many batches are stored at once
     */
    Window(int parallel, Function<Batch, Batch.Result> store) {
        this(parallel, Runtime.getRuntime().maxMemory(), store);
    }

    Window(int parallel, long heap, Function<Batch, Batch.Result> store) {
        this.store = store;
        this.parallel = parallel;
        long fitting = Math.max(heap / PART_OF_HEAP, BATCH_BYTES);
        bytes = (int) Math.min(fitting, (long) parallel * BATCH_BYTES);
        places = new Semaphore(parallel);
        room = new Semaphore(bytes);
    }

    /** Whether it has to move on before it takes more. */
    boolean isFull() {
        return keys.size() >= MOST_KEYS;
    }

    boolean isEmpty() {
        return slots.isEmpty();
    }

    /** Notes that a resource is written; false if it is so already. */
    boolean add(ResourceKey key) {
        return keys.add(key);
    }

    /**
     * Stores a batch, as soon as there is a place.
     *
     * @param end where it ends
     */
    void submit(Batch batch, Place end) throws InterruptedException {
        int size = size(batch);
        places.acquire();
        room.acquire(size);
        throwBroken();
        var slot = new Slot(end, batch.items().stream().flatMap(it -> it.key().stream()).toList());
        slots.add(slot);
        workers.execute(
                () -> {
                    try {
                        slot.result = store.apply(batch);
                    } catch (RuntimeException | Error e) {
                        broken = e; // thrown where the batches come from
                    } finally {
                        room.release(size);
                        places.release();
                    }
                });
    }

    private int size(Batch batch) {
        long size = batch.items().stream().mapToLong(Item::size).sum();
        return (int) Math.min(size, bytes);
    }

    /** Goes on to another place, where there was nothing to store. */
    void reached(Place end, List<ImportFailure> failures) {
        var slot = new Slot(end, List.of());
        slot.result = new Batch.Result(ImportTally.failed(failures.size()), failures, 0);
        slots.add(slot);
    }

    /** Takes out what is done with all in front of it; its resources stay noted. */
    Done done() {
        throwBroken();
        Place end = null;
        var results = new ArrayList<Batch.Result>();
        var about = new ArrayList<ResourceKey>();
        while (!slots.isEmpty() && slots.getFirst().result != null) {
            Slot slot = slots.removeFirst();
            end = slot.end;
            results.add(slot.result);
            about.addAll(slot.keys);
        }
        return new Done(end, results, about);
    }

    /** Waits until all is done. */
    void await() throws InterruptedException {
        awaitPlaces(parallel);
        throwBroken();
    }

    /** Waits until so many more batches could be stored at once. */
    void awaitPlaces(int count) throws InterruptedException {
        places.acquire(count);
        places.release(count);
    }

    /** Takes resources again, which a checkpoint tells of. */
    void forget(List<ResourceKey> saved) {
        saved.forEach(keys::remove);
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
