package dev.andiron.kernel.lent;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.ClaimStrategy;
import dev.andiron.spi.Options;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.resource.HistoryLevel;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.tck.BackendContract;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the kernel lends keeps the promises of a backend that has it. */
class LentFacetsTest extends BackendContract {
    private static final Map<Path, VersionedMemory> STORES = new ConcurrentHashMap<>();

    @Override
    protected BackendProvider provider() {
        return new BorrowingProvider();
    }

    /** The store is in memory. */
    @Override
    protected Optional<List<String>> forkedJvm() {
        return Optional.empty();
    }

    /** A store with versions, and the rest lent. */
    public static class BorrowingProvider implements BackendProvider {
        /** As a service loader would. */
        public BorrowingProvider() {}

        @Override
        public String name() {
            return "borrowing";
        }

        @Override
        public String description() {
            return "Keeps versions in memory, and borrows the rest.";
        }

        @Override
        public Capabilities capabilities(Options options) {
            return Capabilities.builder()
                    .history(Set.of(HistoryLevel.INSTANCE))
                    .claims(ClaimStrategy.PROCESS_LOCAL)
                    .blobs()
                    .build();
        }

        @Override
        public Backend open(BackendContext context) {
            Path folder = context.dataDirectory();
            VersionedMemory store = STORES.computeIfAbsent(folder, _ -> new VersionedMemory());
            var jobs = new LentJobs(folder.resolve("jobs"), context.clock());
            var blobs = new LentBlobs(folder.resolve("files"));
            return new Backend() {
                @Override
                public Optional<ResourceStore> resources() {
                    return Optional.of(store);
                }

                @Override
                public Optional<VersionedStore> versions() {
                    return Optional.of(store);
                }

                @Override
                public Optional<HistoryStore> history() {
                    return Optional.of(new VersionHistory(store, store));
                }

                @Override
                public Optional<JobStore> jobs() {
                    return Optional.of(jobs);
                }

                @Override
                public Optional<BlobStore> blobs() {
                    return Optional.of(blobs);
                }

                @Override
                public void close() {}
            };
        }
    }
}
