package dev.andiron.composite;

import dev.andiron.kernel.backend.OpenBackend;
import dev.andiron.kernel.composite.Composite;
import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Health;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.composite.Composition;
import dev.andiron.spi.composite.Synchronization;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.view.SqlQueryEngine;
import dev.andiron.spi.view.ViewEngine;
import dev.andiron.tck.fixture.Opening;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A composite as the compatibility kit knows backends. The kit's search values follow from no
 * content, so they are remembered when they are written.
 */
abstract class KitProvider implements BackendProvider {
    static final Option<Path> FOLDER = Option.path("folder", Path.of("."), "where the data is");

    /** The kit's resources were written long ago. */
    private static final Duration TOLERATED_LAG = Duration.ofDays(40_000);

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final Opening primary;
    private final Opening follower;

    KitProvider(Opening primary, Opening follower) {
        this.primary = primary;
        this.follower = follower;
    }

    @Override
    public String name() {
        return "kit-composite";
    }

    @Override
    public String description() {
        return "A composite for the compatibility kit.";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(FOLDER);
    }

    @Override
    public Capabilities capabilities(Options options) {
        Path folder = options.get(FOLDER);
        return Composite.capabilities(primary.capabilities(folder), follower.capabilities(folder));
    }

    @Override
    public Backend open(BackendContext context) {
        Path folder = context.options().get(FOLDER);
        InstantSource clock = context.clock();
        var values = new RememberedValues(folder);
        Backend truth = primary.open(folder, clock);
        Backend index;
        try {
            index = follower.open(folder, clock);
        } catch (RuntimeException failed) {
            truth.close();
            throw failed;
        }
        var part = new Composition.Part("index", Synchronization.HYBRID, PATIENCE, TOLERATED_LAG);
        Composite composite =
                Composite.of(
                        "main",
                        name(),
                        new Composition("truth", List.of(part)),
                        Map.of(
                                "truth",
                                opened("truth", truth, primary.capabilities(folder)),
                                "index",
                                opened("index", index, follower.capabilities(folder))),
                        values,
                        clock);
        composite.start();
        return new Whole(composite, truth, index, values.around(composite.opened().resources()));
    }

    private static OpenBackend opened(String name, Backend backend, Capabilities capabilities) {
        return new OpenBackend(
                name,
                name,
                capabilities,
                backend,
                backend.resources(),
                backend.versions(),
                backend.history(),
                backend.changes(),
                backend.search(),
                backend.search(),
                backend.follower(),
                backend.views(),
                capabilities.search(),
                backend.sqlQueries(),
                backend.jobs(),
                backend.blobs());
    }

    private record Whole(
            Composite composite, Backend truth, Backend index, Optional<ResourceStore> store)
            implements Backend {
        private OpenBackend whole() {
            return composite.opened();
        }

        @Override
        public Optional<ResourceStore> resources() {
            return store;
        }

        @Override
        public Optional<VersionedStore> versions() {
            return whole().versions();
        }

        @Override
        public Optional<HistoryStore> history() {
            return whole().history();
        }

        @Override
        public Optional<ChangeFeed> changes() {
            return whole().changes();
        }

        @Override
        public Optional<SearchEngine> search() {
            return whole().search();
        }

        @Override
        public Optional<JobStore> jobs() {
            return whole().jobs();
        }

        @Override
        public Optional<ViewEngine> views() {
            return whole().views();
        }

        @Override
        public Optional<BlobStore> blobs() {
            return whole().blobs();
        }

        @Override
        public Optional<SqlQueryEngine> sqlQueries() {
            return whole().sqlQueries();
        }

        @Override
        public Health health() {
            return composite.health();
        }

        @Override
        public void close() {
            try (truth;
                    index) {
                composite.close();
            }
        }
    }
}
