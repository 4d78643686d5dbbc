package dev.andiron.server.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.server.view.ViewExportJob;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Exports whose worker crashes, is late, or is called off at every single call to the storage. */
class InterruptedExportTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);
    private static final TenantContext TENANT = JobBackend.TENANT;
    private static final int PATIENTS = 90;
    private static final long FILE_SIZE = 1_100;
    private static final String REQUEST =
            """
            {"format":"NDJSON","header":true,"filter":{},"views":[\
            {"name":"ids","definition":{"resourceType":"ViewDefinition","resource":"Patient",\
            "select":[{"column":[{"name":"id","path":"id"}]}]}},\
            {"name":"given","definition":{"resourceType":"ViewDefinition","resource":"Patient",\
            "select":[{"column":[{"name":"id","path":"id"}]},\
            {"forEach":"name.given","column":[{"name":"given","path":"$this"}]}]}}]}\
            """;

    @TempDir private Path folder;
    private JobBackend backend;

    @BeforeEach
    void open() {
        backend = new JobBackend(folder);
        var puts = new ArrayList<Mutation>();
        for (int i = 0; i < PATIENTS; i++) {
            String json =
                    "{\"resourceType\":\"Patient\",\"id\":\"p%d\",\"name\":[{\"given\":[\"A\"]}]}"
                            .formatted(i);
            puts.add(
                    new Mutation.Put(
                            new StoredResource(
                                    new ResourceKey("Patient", "p" + i),
                                    1,
                                    Instant.EPOCH,
                                    FhirVersion.R4,
                                    false,
                                    Json.of(json)),
                            List.of()));
        }
        backend.backend()
                .resources()
                .orElseThrow()
                .commit(JobBackend.TENANT, new Commit(List.of(), puts));
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private JobId submit() {
        return backend.submit(ViewExportJob.KIND, Json.of(REQUEST));
    }

    private void attempt(String worker, Optional<Interruption> interruption) {
        try {
            backend.attempt(
                    worker, interruption, storage -> new ViewExportJob(storage, R4, FILE_SIZE));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void anotherDoesAll() {
        backend.later();
        attempt("second", Optional.empty());
    }

    @Test
    void aCrashAnywhereLeavesEveryRowOnce() {
        int calls =
                Interruption.everywhere(
                        (call, before) -> {
                            var crash =
                                    new Interruption(
                                            call,
                                            before,
                                            () -> {
                                                throw new Interruption.Crash();
                                            });
                            JobId id = submit();
                            try {
                                attempt("first", Optional.of(crash));
                            } catch (Interruption.Crash _) {
                                // and nobody is there to tidy up
                            }
                            if (job(id).state() != JobState.COMPLETED) {
                                anotherDoesAll();
                            }
                            complete(id);
                            return crash.happened();
                        });
        assertTrue(calls > 15, "calls: " + calls);
    }

    /** From its second call on: until its claim there is nothing that could be taken from it. */
    @Test
    void aWorkerThatWasThoughtDeadChangesNothing() {
        Interruption.everywhere(
                (call, before) -> {
                    JobId id = submit();
                    var late =
                            new Interruption(
                                    call + 1, before, () -> ifRunning(id, this::anotherDoesAll));
                    boolean stopped = isStopped(late);
                    assertEquals(job(id).attempts() > 1, stopped);
                    complete(id);
                    return late.happened();
                });
    }

    @Test
    void aCancelledExportStopsAndItsFilesGo() {
        Interruption.everywhere(
                (call, before) -> {
                    JobId id = submit();
                    var cancelled =
                            new Interruption(
                                    call + 1, before, () -> ifRunning(id, () -> cancel(id)));
                    if (isStopped(cancelled)) {
                        assertEquals(JobState.CANCELLED, job(id).state());
                        assertEquals(Optional.empty(), job(id).result());
                    } else {
                        complete(id);
                    }
                    // What was finished after the cancellation goes when the job is removed.
                    BlobStore blobs = backend.backend().blobs().orElseThrow();
                    blobs.delete(TENANT, id);
                    assertEquals(List.of(), blobs.list(TENANT, id, "", 1_000));
                    return cancelled.happened();
                });
    }

    private boolean isStopped(Interruption interruption) {
        try {
            attempt("first", Optional.of(interruption));
            return false;
        } catch (StorageException.LeaseLost | StorageException.Unavailable _) {
            // The latter when the files went while one was written.
            return true;
        }
    }

    private void ifRunning(JobId id, Runnable happening) {
        if (job(id).state() == JobState.RUNNING) {
            happening.run();
        }
    }

    /** What a client's DELETE does. */
    private void cancel(JobId id) {
        backend.backend().jobs().orElseThrow().cancel(TENANT, id);
        backend.backend().blobs().orElseThrow().delete(TENANT, id);
    }

    private Job job(JobId id) {
        return backend.job(id);
    }

    /** Every row of both tables is in the files of the result, once. */
    private void complete(JobId id) {
        Job job = job(id);
        assertEquals(JobState.COMPLETED, job.state());
        List<JsonObject> tables =
                JsonReader.readObject(job.result().orElseThrow().bytes()).objects("tables");
        assertEquals(2, tables.size());
        var ids = new ArrayList<String>();
        var given = new ArrayList<String>();
        for (int i = 0; i < PATIENTS; i++) {
            ids.add("{\"id\":\"p%d\"}".formatted(i));
            given.add("{\"id\":\"p%d\",\"given\":\"A\"}".formatted(i));
        }
        assertEquals(ids.stream().sorted().toList(), lines(id, tables.get(0)));
        assertEquals(given.stream().sorted().toList(), lines(id, tables.get(1)));
        assertEquals("90", tables.get(0).string("rows").orElseThrow());
        assertEquals("90", tables.get(1).string("rows").orElseThrow());
    }

    private List<String> lines(JobId id, JsonObject table) {
        var text = new StringBuilder();
        int files = 0;
        for (var part : table.array("parts").orElseThrow()) {
            files++;
            text.append(backend.text(id, ((JsonString) part).value()));
        }
        assertTrue(files > 1, "files: " + files);
        return text.toString().lines().sorted().toList();
    }
}
