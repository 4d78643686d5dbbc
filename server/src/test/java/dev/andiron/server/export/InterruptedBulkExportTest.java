package dev.andiron.server.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.search.SearchLimits;
import dev.andiron.fhir.validation.ValidationLevel;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.RunningRequests;
import dev.andiron.server.interaction.SearchParameterRegistry;
import dev.andiron.server.interaction.SpecificationRules;
import dev.andiron.server.interaction.StoredLookups;
import dev.andiron.server.job.Interruption;
import dev.andiron.server.job.JobBackend;
import dev.andiron.server.job.JobKind;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Exports whose worker crashes, or is late, at every single call to the storage, while others write
 * on: the result is what there was at its transactionTime, in ids and versions, each once.
 */
class InterruptedBulkExportTest {
    private static final int RESOURCES = 12;
    private static final long FILE_SIZE = 400;
    private static final String REQUEST =
            """
            {"level":"SYSTEM","url":"u","base":"http://localhost/fhir","since":"2025-01-01T00:00:00Z",\
            "types":["Observation","Patient"],"provenance":"NONE","notes":["something"]}\
            """;

    @TempDir private Path folder;
    private JobBackend backend;
    private final Map<ResourceKey, List<StoredResource>> versions = new TreeMap<>();
    private String request = REQUEST;
    private int rounds;

    @BeforeEach
    void open() {
        backend = new JobBackend(folder);
        for (int i = 0; i < RESOURCES; i++) {
            write(new ResourceKey("Patient", "p" + i), false);
            write(new ResourceKey("Observation", "o" + i), false);
        }
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private void write(ResourceKey key, boolean delete) {
        List<StoredResource> known = versions.computeIfAbsent(key, _ -> new ArrayList<>());
        long version = known.size() + 1L;
        Instant now = backend.clock().instant();
        String subject =
                key.type().equals("Patient")
                        ? ""
                        : ",\"subject\":{\"reference\":\"Patient/p%s\"}"
                                .formatted(key.id().substring(1));
        String json =
                "{\"resourceType\":\"%s\",\n\"id\":\"%s\",\"meta\":{\"versionId\":\"%d\"}%s}"
                        .formatted(key.type(), key.id(), version, subject);
        var resource =
                new StoredResource(
                        key,
                        version,
                        now,
                        FhirVersion.R4,
                        delete,
                        delete ? Json.empty() : Json.of(json));
        known.add(resource);
        Mutation mutation =
                delete ? new Mutation.Delete(resource) : new Mutation.Put(resource, List.of());
        backend.backend()
                .resources()
                .orElseThrow()
                .commit(JobBackend.TENANT, new Commit(List.of(), List.of(mutation)));
    }

    /** Somebody changes, deletes and creates something of each type. */
    private void othersWrite() {
        rounds++;
        for (String type : List.of("Patient", "Observation")) {
            String letter = type.equals("Patient") ? "p" : "o";
            write(new ResourceKey(type, letter + rounds % RESOURCES), false);
            var gone = new ResourceKey(type, letter + (rounds + 5) % RESOURCES);
            write(gone, !versions.get(gone).getLast().deleted());
            write(new ResourceKey(type, letter + "new-" + rounds % 3), rounds % 2 == 0);
        }
    }

    private JobKind kind(Storage storage) {
        var definitions = Definitions.of(FhirVersion.R4);
        var rules =
                new SpecificationRules(
                        FhirVersion.R4,
                        ValidationLevel.NONE,
                        List.of(),
                        SearchLimits.DEFAULT,
                        new StoredLookups(),
                        backend.clock());
        return new ExportJob(
                storage,
                rules,
                SearchParameterRegistry.standard(definitions, List.of()),
                new RunningRequests(),
                new ExportSettings(FILE_SIZE, 1, true, Duration.ZERO),
                (_, _) -> {},
                backend.clock());
    }

    private void attempt(String worker, Optional<Interruption> interruption) {
        try {
            backend.attempt(worker, interruption, this::kind);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void anotherDoesAll() {
        backend.later();
        othersWrite();
        attempt("second", Optional.empty());
    }

    private JobId submit() {
        return backend.submit(ExportJob.KIND, Json.of(request));
    }

    @Test
    void aCrashAnywhereLeavesNothingOutAndNothingTwice() {
        crashEverywhere();
    }

    /** A block may go on in another file, where its header stands again. */
    @Test
    void aCrashAnywhereLeavesEachBlockTogether() {
        request = REQUEST.replace("\"notes\"", "\"organizedBy\":\"Patient\",\"notes\"");
        crashEverywhere();
    }

    private void crashEverywhere() {
        boolean happened = true;
        int call = 0;
        while (happened) {
            call++;
            for (boolean before : new boolean[] {true, false}) {
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
                if (backend.job(id).state() != JobState.COMPLETED) {
                    anotherDoesAll();
                }
                complete(id);
                happened = crash.happened();
            }
        }
        assertTrue(call > 30, "calls: " + call);
    }

    /** From the second call on: until the claim there is nothing that could be taken over. */
    @Test
    void aWorkerThatWasThoughtDeadChangesNothing() {
        boolean happened = true;
        for (int call = 2; happened; call++) {
            JobId id = submit();
            var late =
                    new Interruption(
                            call,
                            true,
                            () -> {
                                if (backend.job(id).state() == JobState.RUNNING) {
                                    anotherDoesAll();
                                }
                            });
            boolean stopped = false;
            try {
                attempt("first", Optional.of(late));
            } catch (StorageException.LeaseLost _) {
                stopped = true;
            }
            assertEquals(backend.job(id).attempts() > 1, stopped);
            complete(id);
            happened = late.happened();
        }
    }

    /** The result is what there was at its time. */
    private void complete(JobId id) {
        assertEquals(JobState.COMPLETED, backend.job(id).state());
        JsonObject result = backend.result(id);
        Instant time = Instant.parse(result.string("time").orElseThrow());
        var live = new TreeSet<String>();
        var gone = new TreeSet<String>();
        versions.forEach(
                (key, all) ->
                        all.stream()
                                .filter(each -> !each.lastUpdated().isAfter(time))
                                .reduce((_, later) -> later)
                                .ifPresent(
                                        each -> {
                                            if (!each.deleted()) {
                                                live.add(key + "/" + each.version());
                                            } else if (each.version() > 1) {
                                                gone.add(key.toString());
                                            }
                                        }));
        assertEquals(live, lines(id, result, "OUTPUT", false));
        assertEquals(gone, lines(id, result, "DELETED", true));
        assertEquals(1, files(result, "ERROR").size());
    }

    private static List<JsonObject> files(JsonObject result, String content) {
        return result.objects("files").stream()
                .filter(file -> file.string("content").orElseThrow().equals(content))
                .toList();
    }

    private TreeSet<String> lines(JobId id, JsonObject result, String content, boolean bundles) {
        var keys = new TreeSet<String>();
        var seen = new ArrayList<String>();
        for (JsonObject file : files(result, content)) {
            for (String line :
                    backend.text(id, file.string("part").orElseThrow()).lines().toList()) {
                JsonObject read = JsonReader.readObject(line.getBytes(StandardCharsets.UTF_8));
                if (read.string("resourceType").orElseThrow().equals("Parameters")) {
                    header(read, line, file, seen);
                    continue;
                }
                for (String key : bundles ? deleted(read) : List.of(key(read))) {
                    assertTrue(keys.add(key), "twice: " + key);
                }
            }
        }
        return keys;
    }

    /** Blocks come in the order of their ids, each once but for the rest of the one before. */
    private static void header(JsonObject header, String line, JsonObject file, List<String> seen) {
        assertTrue(header.objects("parameter").size() == 1, line);
        assertEquals(Optional.of(""), file.string("type"));
        assertTrue(seen.isEmpty() || seen.getLast().compareTo(line) <= 0, seen::toString);
        seen.add(line);
    }

    private static List<String> deleted(JsonObject bundle) {
        return bundle.objects("entry").stream()
                .map(entry -> entry.object("request").orElseThrow().string("url").orElseThrow())
                .toList();
    }

    private static String key(JsonObject resource) {
        return "%s/%s/%s"
                .formatted(
                        resource.string("resourceType").orElseThrow(),
                        resource.string("id").orElseThrow(),
                        resource.object("meta").orElseThrow().string("versionId").orElseThrow());
    }
}
