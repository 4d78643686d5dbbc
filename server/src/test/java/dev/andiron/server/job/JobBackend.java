package dev.andiron.server.job;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.kernel.backend.OpenBackend;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.Options;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.blob.BlobReader;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.job.Claim;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.job.JobSubmission;
import dev.andiron.spi.job.WorkerId;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.sqlite.SqliteProvider;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** An SQLite backend with a clock of its own, and workers whose calls can be interrupted. */
public final class JobBackend implements AutoCloseable {
    public static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final SqliteProvider provider = new SqliteProvider();
    private final Backend backend;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private int jobs;

    public JobBackend(Path folder) {
        Map<String, Object> given =
                Map.of("path", folder.resolve("andiron.db"), "durability", relaxed());
        backend = provider.open(new Context(folder, Options.of(provider.options(), given)));
    }

    private final class Context implements BackendContext {
        private final Path folder;
        private final Options options;

        Context(Path folder, Options options) {
            this.folder = folder;
            this.options = options;
        }

        @Override
        public String backendName() {
            return "main";
        }

        @Override
        public Options options() {
            return options;
        }

        @Override
        public Path dataDirectory() {
            return folder;
        }

        @Override
        public InstantSource clock() {
            return JobBackend.this.clock();
        }
    }

    /** What is proved with it has nothing to do with power failures. */
    private Object relaxed() {
        return provider.options().stream()
                .filter(option -> option.name().equals("durability"))
                .flatMap(option -> Arrays.stream(option.javaType().getEnumConstants()))
                .filter(word -> word.toString().equals("RELAXED"))
                .findFirst()
                .orElseThrow();
    }

    public Backend backend() {
        return backend;
    }

    public InstantSource clock() {
        return () -> now;
    }

    /** Lets all leases run out. */
    public void later() {
        now = now.plus(LEASE).plusSeconds(1);
    }

    /** The storage as a worker sees it. */
    public Storage storage(Optional<Interruption> interruption) {
        JobStore store = backend.jobs().orElseThrow();
        BlobStore blobs = backend.blobs().orElseThrow();
        return new Storage(
                new OpenBackend(
                        "main",
                        "sqlite",
                        provider.capabilities(Options.of(provider.options(), Map.of())),
                        backend,
                        backend.resources(),
                        backend.versions(),
                        backend.history(),
                        backend.changes(),
                        backend.search(),
                        backend.search(),
                        backend.follower(),
                        backend.views(),
                        provider.capabilities(Options.of(provider.options(), Map.of())).search(),
                        backend.sqlQueries(),
                        Optional.of(
                                interruption
                                        .map(each -> each.around(JobStore.class, store))
                                        .orElse(store)),
                        Optional.of(
                                interruption
                                        .map(each -> each.around(BlobStore.class, blobs))
                                        .orElse(blobs))),
                (tenant, resource, features) -> List.of());
    }

    public JobId submit(String kind, Json request) {
        var id = new JobId("job-" + ++jobs);
        backend.jobs().orElseThrow().submit(TENANT, new JobSubmission(id, kind, request));
        return id;
    }

    /** One attempt of a worker, from its claim to the end of the job. */
    public void attempt(
            String worker, Optional<Interruption> interruption, Function<Storage, JobKind> kinds)
            throws InterruptedException {
        Storage storage = storage(interruption);
        JobKind kind = kinds.apply(storage);
        Claim claim =
                storage.jobs()
                        .claim(new WorkerId(worker), Set.of(kind.name()), LEASE)
                        .orElseThrow();
        var context = new JobContext(storage.jobs(), claim);
        Json result = kind.run(context);
        context.check();
        storage.jobs().finish(claim.lease(), context.progress(), result);
    }

    public Job job(JobId id) {
        return backend.jobs().orElseThrow().read(TENANT, id).orElseThrow();
    }

    /** The members of a job's result. */
    public JsonObject result(JobId id) {
        return JsonReader.readObject(job(id).result().orElseThrow().bytes());
    }

    public String text(JobId job, String part) {
        var name = new BlobName(job, part);
        BlobStore blobs = backend.blobs().orElseThrow();
        var bytes = new byte[(int) blobs.find(TENANT, name).orElseThrow().size()];
        try (BlobReader reader = blobs.read(TENANT, name, 0, bytes.length).orElseThrow()) {
            int filled = 0;
            while (filled < bytes.length) {
                int read = reader.read(bytes, filled, bytes.length - filled);
                if (read < 0) {
                    throw new AssertionError("the file ends early");
                }
                filled += read;
            }
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        backend.close();
    }
}
