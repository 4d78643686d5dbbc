package dev.andiron.server.bulkimport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.server.bulkimport.ImportState.Place;
import dev.andiron.spi.resource.ResourceKey;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Which batches a checkpoint tells of, and how many are stored at once. */
class WindowTest {
    private static final ImportSource SOURCE =
            new ImportSource(
                    "file:///p.ndjson",
                    Optional.empty(),
                    ImportSource.Form.LINES,
                    OptionalLong.empty(),
                    false);
    private static final Batch.Result STORED = new Batch.Result(ImportTally.NONE, List.of(), 0);

    private final Map<Long, CountDownLatch> gates = new HashMap<>();

    private static Place line(long line) {
        return new Place(0, 0, line, line, "");
    }

    private static ResourceKey patient(long line) {
        return new ResourceKey("Patient", "p" + line);
    }

    private static Batch batch(long line, int bytes) {
        var item = new Item.Write(line, Optional.of(patient(line)), new byte[bytes]);
        return new Batch(SOURCE, List.of(item));
    }

    private Batch.Result whenOpened(Batch batch) {
        try {
            gates.get(batch.items().getFirst().line()).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return STORED;
    }

    @Test
    void aCheckpointTellsOfWhatIsDoneWithAllInFrontOfIt() throws InterruptedException {
        gates.put(1L, new CountDownLatch(0));
        gates.put(2L, new CountDownLatch(1));
        gates.put(3L, new CountDownLatch(0));
        try (var window = new Window(3, this::whenOpened)) {
            for (long line = 1; line <= 3; line++) {
                assertTrue(window.add(patient(line)));
                window.submit(batch(line, 1), line(line));
            }
            // The first and the third are done when their places are free again.
            window.awaitPlaces(2);

            Window.Done done = window.done();

            assertEquals(line(1), done.end());
            assertEquals(1, done.results().size());
            assertEquals(List.of(patient(1)), done.keys());
            assertFalse(window.add(patient(1)), "not before the checkpoint is there");
            window.forget(done.keys());
            assertTrue(window.add(patient(1)));
            assertFalse(window.add(patient(3)));

            gates.get(2L).countDown();
            window.await();
            done = window.done();

            assertEquals(line(3), done.end());
            assertEquals(List.of(patient(2), patient(3)), done.keys());
            assertTrue(window.isEmpty());
        }
    }

    @Test
    void asMuchIsUnderWayAsASmallHeapHasRoomFor() throws InterruptedException {
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        int half = Window.BATCH_BYTES / 2;
        try (var window =
                new Window(
                        8,
                        64 << 20,
                        _ -> {
                            most.accumulateAndGet(running.incrementAndGet(), Math::max);
                            Thread.yield();
                            running.decrementAndGet();
                            return STORED;
                        })) {
            for (long line = 1; line <= 50; line++) {
                window.submit(batch(line, half), line(line));
            }
            // One that is larger than the room has all of it.
            window.submit(batch(51, 2 * Window.BATCH_BYTES), line(51));
            window.await();

            assertEquals(51, window.done().results().size());
        }
        assertTrue(most.get() <= 2, "at once: " + most);
    }

    @Test
    void aBatchThatCannotBeStoredEndsIt() throws InterruptedException {
        try (var window =
                new Window(
                        2,
                        _ -> {
                            throw new IllegalStateException("no room");
                        })) {
            window.submit(batch(1, 1), line(1));

            assertThrows(IllegalStateException.class, window::await);
        }
    }
}
