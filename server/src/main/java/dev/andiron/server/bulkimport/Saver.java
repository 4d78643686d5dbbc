package dev.andiron.server.bulkimport;

import dev.andiron.spi.resource.ResourceKey;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Writes checkpoints beside the work, one at a time, for a storage takes as long over one as over a
 * batch. Used by one thread.
 */
final class Saver implements AutoCloseable {
    private final ImportTrack track;
    private final ExecutorService worker = Executors.newVirtualThreadPerTaskExecutor();
    private Optional<Save> running = Optional.empty();

    /**
     * A checkpoint on its way.
     *
     * @param keys the resources that it tells of
     */
    private record Save(Future<?> task, List<ResourceKey> keys) {}

    Saver(ImportTrack track) {
        this.track = track;
    }

    /** Whether one is on its way, once what has arrived is dealt with. */
    boolean isBusy(Window window) throws InterruptedException {
        if (running.isPresent() && running.get().task().isDone()) {
            await(window);
        }
        return running.isPresent();
    }

    /**
     * Sends one on its way, with none before it.
     *
     * @param keys the resources that it tells of
     */
    void save(ImportState state, List<ResourceKey> keys) {
        running = Optional.of(new Save(worker.submit(() -> track.save(state)), keys));
    }

    /** Waits for the one that is on its way, and lets the window forget what it tells of. */
    void await(Window window) throws InterruptedException {
        if (running.isEmpty()) {
            return;
        }
        Save save = running.get();
        running = Optional.empty();
        try {
            save.task().get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case Throwable other -> throw new IllegalStateException(other);
            }
        }
        window.forget(save.keys());
    }

    /** Stops it, and waits for its end. */
    @Override
    public void close() {
        worker.shutdownNow();
        worker.close();
    }
}
