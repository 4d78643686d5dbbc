package dev.andiron.server.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.resource.Json;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** What workers make of jobs that fail, of storage in trouble, and of the server's end. */
class JobRunnerTest {
    private static final Json NOTHING = Json.of("{}");

    @TempDir private Path folder;
    private JobBackend backend;
    private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();

    @BeforeEach
    void open() {
        backend = new JobBackend(folder);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    /** What one attempt does. */
    private interface Attempt {
        Json run(JobContext context, int number) throws InterruptedException;
    }

    private static JobKind kind(Attempt attempt) {
        var numbers = new AtomicInteger();
        return new JobKind() {
            @Override
            public String name() {
                return "test";
            }

            @Override
            public Json run(JobContext context) throws InterruptedException {
                return attempt.run(context, numbers.incrementAndGet());
            }

            @Override
            public FhirResponse answer(FhirRequest request, Job job) {
                return FhirResponse.of(200);
            }
        };
    }

    private JobRunner runner(JobKind kind, Duration patience) {
        var settings =
                new JobSettings(
                        1,
                        Duration.ofSeconds(30),
                        Duration.ofMillis(5),
                        3,
                        Duration.ZERO,
                        patience,
                        Duration.ofHours(1),
                        10,
                        100);
        return new JobRunner(
                backend.backend().jobs().orElseThrow(),
                backend.backend().blobs(),
                Map.of(kind.name(), kind),
                settings,
                backend.clock(),
                (_, outcome, _) -> outcomes.add(outcome));
    }

    private static StorageException away() {
        return new StorageException.Unavailable("away", Duration.ofSeconds(1), null);
    }

    @Test
    void troubleOfTheStorageCostsNoAttempt() throws InterruptedException {
        var kind =
                kind(
                        (context, number) -> {
                            if (number < 3) {
                                context.checkpoint(
                                        Progress.NONE, Json.of("{\"at\":" + number + "}"));
                                throw away();
                            }
                            return context.checkpoint();
                        });
        try (var runner = runner(kind, Duration.ofMinutes(5))) {
            JobId id = backend.submit("test", NOTHING);
            runner.start();
            assertEquals("completed", outcomes.take());
            Job job = backend.job(id);
            assertEquals(1, job.attempts());
            assertEquals(Optional.of(Json.of("{\"at\":2}")), job.result());
        }
    }

    @Test
    void troubleThatDoesNotPassFailsTheJobInTheEnd() throws InterruptedException {
        var kind =
                kind(
                        (_, _) -> {
                            throw away();
                        });
        try (var runner = runner(kind, Duration.ZERO)) {
            JobId id = backend.submit("test", NOTHING);
            runner.start();
            // The next attempt may begin before the end of one is told.
            var told = List.of(outcomes.take(), outcomes.take(), outcomes.take());
            assertEquals(List.of("failed", "retried", "retried"), told.stream().sorted().toList());
            assertEquals(JobState.FAILED, backend.job(id).state());
            assertEquals(Optional.of("away"), backend.job(id).failure());
            assertEquals(3, backend.job(id).attempts());
        }
    }

    @Test
    void aServerThatStopsGivesItsJobsBack() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var kind =
                kind(
                        (context, _) -> {
                            begun.countDown();
                            while (true) {
                                context.check();
                                Thread.onSpinWait();
                            }
                        });
        JobId id = backend.submit("test", NOTHING);
        try (var runner = runner(kind, Duration.ZERO)) {
            runner.start();
            begun.await();
        }
        assertEquals("released", outcomes.take());
        assertEquals(JobState.ACCEPTED, backend.job(id).state());
        assertEquals(0, backend.job(id).attempts());
    }

    @Test
    void endedJobsGoWithTheirFilesOnceTheyAreOld() {
        try (var runner = runner(kind((_, _) -> NOTHING), Duration.ZERO)) {
            JobId id = backend.submit("test", NOTHING);
            var jobs = backend.backend().jobs().orElseThrow();
            jobs.cancel(JobBackend.TENANT, id);
            runner.start();
            runner.sweep();
            assertTrue(jobs.read(JobBackend.TENANT, id).isPresent());
            for (int i = 0; i < 200; i++) {
                backend.later();
            }
            runner.sweep();
            assertTrue(jobs.read(JobBackend.TENANT, id).isEmpty());
        }
    }
}
