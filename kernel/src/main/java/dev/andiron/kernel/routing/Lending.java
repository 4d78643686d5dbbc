package dev.andiron.kernel.routing;

import dev.andiron.kernel.backend.OpenBackend;
import dev.andiron.kernel.lent.LentBlobs;
import dev.andiron.kernel.lent.LentJobs;
import dev.andiron.kernel.lent.VersionHistory;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.ClaimStrategy;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.resource.HistoryLevel;
import dev.andiron.spi.resource.HistoryStore;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * Gives the storage that serves requests the facets that its backend lacks and the kernel has: the
 * history of single resources from its versions, and jobs and their files in the data folder. The
 * latter two only where a single server uses the data.
 */
public final class Lending {
    private Lending() {}

    /**
     * A backend with what it is lent.
     *
     * @param dataDirectory the server's folder for data
     * @throws dev.andiron.spi.StorageException.Unavailable if lent jobs cannot be read
     */
    public static OpenBackend to(OpenBackend backend, Path dataDirectory, InstantSource clock) {
        Capabilities.Builder capabilities = backend.capabilities().toBuilder();
        Optional<HistoryStore> history = backend.history();
        if (history.isEmpty() && backend.resources().isPresent()) {
            history =
                    backend.versions()
                            .map(
                                    versions ->
                                            new VersionHistory(
                                                    backend.resources().get(), versions));
            history.ifPresent(_ -> capabilities.history(Set.of(HistoryLevel.INSTANCE)));
        }
        Optional<JobStore> jobs = backend.jobs();
        Optional<BlobStore> blobs = backend.blobs();
        if (!backend.capabilities().shared()) {
            Path lent = dataDirectory.resolve("lent").resolve(backend.name());
            if (jobs.isEmpty()) {
                jobs = Optional.of(new LentJobs(lent.resolve("jobs"), clock));
                capabilities.claims(ClaimStrategy.PROCESS_LOCAL);
            }
            if (blobs.isEmpty()) {
                blobs = Optional.of(new LentBlobs(lent.resolve("files")));
                capabilities.blobs();
            }
        }
        return backend.with(capabilities.build(), history, jobs, blobs);
    }
}
