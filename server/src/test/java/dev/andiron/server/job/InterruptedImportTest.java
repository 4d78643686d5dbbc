package dev.andiron.server.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.search.SearchLimits;
import dev.andiron.fhir.validation.ValidationLevel;
import dev.andiron.kernel.backend.OpenBackend;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.bulkimport.ImportJob;
import dev.andiron.server.bulkimport.ImportSettings;
import dev.andiron.server.interaction.Locks;
import dev.andiron.server.interaction.PageTokens;
import dev.andiron.server.interaction.Policy;
import dev.andiron.server.interaction.Services;
import dev.andiron.server.interaction.SpecificationRules;
import dev.andiron.server.interaction.StoredLookups;
import dev.andiron.server.interaction.transaction.BundleLimits;
import dev.andiron.server.interaction.transaction.BundleProcessor;
import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.Options;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.blob.BlobReader;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.job.Claim;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.job.JobSubmission;
import dev.andiron.spi.job.WorkerId;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.sqlite.SqliteProvider;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * Imports whose worker crashes, or is late, at every single call to the storage: what is stored in
 * the end is the same, version by version.
 */
class InterruptedImportTest {
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final String BASE = "http://127.0.0.1/fhir";

    @TempDir private Path folder;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Backend backend;
    private int jobs;
    private TenantContext tenant;
    private Path file;

    /** Two lines in a batch, one batch at a time, and a checkpoint only where one is needed. */
    private int parallel = 1;

    private int batch = 2;
    private Duration checkpoint = Duration.ofDays(1);

    private record Context(Path dataDirectory, Options options, InstantSource clock)
            implements BackendContext {
        @Override
        public String backendName() {
            return "main";
        }
    }

    @BeforeEach
    void open() throws IOException {
        var provider = new SqliteProvider();
        Map<String, Object> given =
                Map.of("path", folder.resolve("andiron.db"), "durability", relaxed(provider));
        backend =
                provider.open(
                        new Context(folder, Options.of(provider.options(), given), () -> now));
        file =
                Files.write(
                        folder.resolve("patients.ndjson"),
                        List.of(
                                patient("a", "One"),
                                patient("b", "One"),
                                patient("c", "One"),
                                "{\"resourceType\":\"Patient\",\"gender\":7}",
                                patient("d", "One"),
                                patient("a", "Two"),
                                patient("a", "Two"),
                                "{\"resourceType\":\"Patient\",\"active\":true}"));
    }

    private static String patient(String id, String family) {
        return "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"name\":[{\"family\":\"%s\"}]}"
                .formatted(id, family);
    }

    /** What is proved here has nothing to do with power failures. */
    private static Object relaxed(SqliteProvider provider) {
        return provider.options().stream()
                .filter(option -> option.name().equals("durability"))
                .flatMap(option -> Arrays.stream(option.javaType().getEnumConstants()))
                .filter(word -> word.toString().equals("RELAXED"))
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private Storage storage(Optional<Interruption> interruption) {
        JobStore store = backend.jobs().orElseThrow();
        BlobStore blobs = backend.blobs().orElseThrow();
        ResourceStore resources = backend.resources().orElseThrow();
        var provider = new SqliteProvider();
        Options options = Options.of(provider.options(), Map.of());
        return new Storage(
                new OpenBackend(
                        "main",
                        "sqlite",
                        provider.capabilities(options),
                        backend,
                        Optional.of(
                                interruption
                                        .map(each -> each.around(ResourceStore.class, resources))
                                        .orElse(resources)),
                        backend.versions(),
                        backend.history(),
                        backend.changes(),
                        backend.search(),
                        backend.search(),
                        backend.follower(),
                        backend.views(),
                        provider.capabilities(options).search(),
                        backend.sqlQueries(),
                        Optional.of(
                                interruption
                                        .map(each -> each.around(JobStore.class, store))
                                        .orElse(store)),
                        Optional.of(
                                interruption
                                        .map(each -> each.around(BlobStore.class, blobs))
                                        .orElse(blobs))),
                (_, _, _) -> List.of());
    }

    private ImportJob kind(Storage storage) {
        var lookups = new StoredLookups();
        var rules =
                new SpecificationRules(
                        FhirVersion.R4,
                        ValidationLevel.STRUCTURE,
                        List.of(BASE),
                        SearchLimits.DEFAULT,
                        lookups,
                        () -> now);
        lookups.begin(storage);
        Services services =
                Services.of(
                        storage,
                        rules,
                        new Locks(Duration.ofSeconds(60)),
                        new PageTokens(new byte[32]),
                        Policy.standard(),
                        () -> now);
        var settings =
                new ImportSettings(
                        List.of(),
                        false,
                        List.of(folder),
                        Optional.empty(),
                        Optional.empty(),
                        1 << 20,
                        1 << 20,
                        parallel,
                        batch,
                        checkpoint,
                        Duration.ofSeconds(60));
        return new ImportJob(
                services,
                new BundleProcessor(services, BundleLimits.standard()),
                settings,
                _ -> OptionalLong.empty(),
                () -> now);
    }

    private JobId submit() {
        jobs++;
        tenant = TenantContext.of(new TenantId("tenant" + jobs));
        var id = new JobId("job-" + jobs);
        String request =
                "{\"base\":\"%s\",\"sources\":[{\"url\":\"%s\",\"form\":\"LINES\"}]}"
                        .formatted(BASE, file.toUri());
        backend.jobs()
                .orElseThrow()
                .submit(tenant, new JobSubmission(id, ImportJob.KIND, Json.of(request)));
        return id;
    }

    private void attempt(String worker, Optional<Interruption> interruption) {
        Storage storage = storage(interruption);
        Claim claim =
                storage.jobs()
                        .claim(new WorkerId(worker), Set.of(ImportJob.KIND), LEASE)
                        .orElseThrow();
        var context = new JobContext(storage.jobs(), claim);
        try {
            Json result = kind(storage).run(context);
            context.check();
            storage.jobs().finish(claim.lease(), context.progress(), result);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void anotherDoesAll() {
        now = now.plus(LEASE).plusSeconds(1);
        attempt("second", Optional.empty());
    }

    @Test
    void aCrashAnywhereChangesNothingAboutWhatIsStored() {
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
        assertTrue(calls > 10, "calls: " + calls);
    }

    /** Checkpoints tell of the batches that are done, and others go on beside them. */
    @Test
    void aCrashBesideOtherBatchesChangesNothingEither() {
        parallel = 3;
        batch = 1;
        checkpoint = Duration.ZERO;
        aCrashAnywhereChangesNothingAboutWhatIsStored();
    }

    /** From its second call on: until its claim there is nothing that could be taken from it. */
    @Test
    void aWorkerThatWasThoughtDeadChangesNothing() {
        Interruption.everywhere(
                (call, before) -> {
                    JobId id = submit();
                    var late =
                            new Interruption(
                                    call + 1,
                                    before,
                                    () -> {
                                        if (job(id).state() == JobState.RUNNING) {
                                            anotherDoesAll();
                                        }
                                    });
                    boolean stopped = false;
                    try {
                        attempt("first", Optional.of(late));
                    } catch (StorageException.LeaseLost _) {
                        stopped = true;
                    }
                    assertEquals(job(id).attempts() > 1, stopped);
                    complete(id);
                    return late.happened();
                });
    }

    private Job job(JobId id) {
        return backend.jobs().orElseThrow().read(tenant, id).orElseThrow();
    }

    private void complete(JobId id) {
        Job job = job(id);
        assertEquals(JobState.COMPLETED, job.state(), () -> job.failure().orElse(""));
        var versions = new TreeMap<String, Long>();
        try (var all =
                backend.resources()
                        .orElseThrow()
                        .scan(tenant, new ScanRequest(Optional.empty(), Optional.empty()))) {
            for (Optional<StoredResource> next = all.next(); next.isPresent(); next = all.next()) {
                ResourceKey key = next.get().key();
                versions.put(key.id().length() > 1 ? "computed" : key.id(), next.get().version());
            }
        }
        assertEquals(Map.of("a", 2L, "b", 1L, "c", 1L, "d", 1L, "computed", 1L), versions);
        JsonObject result = JsonReader.readObject(job.result().orElseThrow().bytes());
        JsonObject tally = result.object("tally").orElseThrow();
        assertEquals(JsonNumber.of(1), tally.get("failed"), tally::toString);
        JsonObject counts = tally.object("types").orElseThrow().object("Patient").orElseThrow();
        long sum = 0;
        for (String name : counts.names()) {
            sum += ((JsonNumber) counts.get(name)).decimal().longValueExact();
        }
        assertEquals(7, sum, counts::toString);
        List<JsonObject> errors = result.objects("errors");
        assertEquals(1, errors.size(), result::toString);
        String text = text(new BlobName(id, errors.getFirst().string("part").orElseThrow()));
        assertEquals(1, text.lines().count(), text);
        assertTrue(text.contains("line 4: "), text);
    }

    private String text(BlobName name) {
        BlobStore blobs = backend.blobs().orElseThrow();
        long size = blobs.find(tenant, name).orElseThrow().size();
        var bytes = new byte[(int) size];
        try (BlobReader reader = blobs.read(tenant, name, 0, size).orElseThrow()) {
            int at = 0;
            while (at < size) {
                at += reader.read(bytes, at, (int) size - at);
            }
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
