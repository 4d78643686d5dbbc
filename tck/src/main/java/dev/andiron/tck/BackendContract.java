package dev.andiron.tck;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.tck.fixture.ForkedJvm;
import dev.andiron.tck.fixture.MovableClock;
import dev.andiron.tck.fixture.Opening;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What every backend promises, as tests. An author writes one class:
 *
 * <pre>{@code
 * class AcmeBackendTest extends BackendContract {
 *     @Override
 *     protected BackendProvider provider() {
 *         return new AcmeBackendProvider();
 *     }
 *
 *     @Override
 *     protected Map<String, ?> options(Path folder) {
 *         return Map.of("path", folder.resolve("acme.db"));
 *     }
 * }
 * }</pre>
 *
 * <p>There is one nested class for each part of the contract. Most tests share one opened backend
 * and take a tenant of their own in it; those about opening take a folder of their own. What the
 * backend does not declare is checked to be absent, and its tests are reported as aborted with that
 * reason. Test names start with {@code required_} (every backend that declares the capability) or
 * {@code optional_} (what the SPI recommends), and the promise's id.
 *
 * <p>Tests run in an order and on data that a seed makes; it is in every failure's message. It is
 * the same in every run unless the system property {@value #SEED_PROPERTY} sets another. Where each
 * search waits for the backend, {@value #STEPS_PROPERTY} shortens random sequences.
 *
 * <p>What came of each promise is written to {@code target/andiron-tck} (or the folder that the
 * system property {@value ConformanceReport#FOLDER_PROPERTY} names), as text and as JSON, by
 * capability: passed, failed, recommended and not kept, not applicable.
 */
@ExtendWith(PromiseExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(SeededOrder.class)
public abstract class BackendContract {
    /** The system property that sets the seed of everything random. */
    static final String SEED_PROPERTY = "andiron.tck.seed";

    /** The system property that sets how long random sequences are; 500 steps by default. */
    static final String STEPS_PROPERTY = "andiron.tck.steps";

    private static final System.Logger LOG = System.getLogger(BackendContract.class.getName());

    /** Every run is the same unless it is told otherwise. */
    private static final long SEED = Long.getLong(SEED_PROPERTY, 20_261_121);

    private final ConformanceReport report = new ConformanceReport();

    private final MovableClock clock = new MovableClock();
    private Path folder;
    private Backend backend;
    private Capabilities capabilities;

    /**
     * The provider under test.
     *
     * @return a new or a shared one; a provider has no state
     */
    protected abstract BackendProvider provider();

    /**
     * The values of the provider's options for one opening.
     *
     * @param folder a folder for the data; the same folder means the same data, another folder none
     *     of it, also for a backend that keeps its data elsewhere
     * @return values by option name
     */
    protected Map<String, ?> options(Path folder) {
        return Map.of();
    }

    /**
     * How to start a second JVM that sees this class, to be killed while it writes.
     *
     * @return the command line up to the main class; by default this JVM and its class path. Empty
     *     for a backend whose data outlives no process, which then must not claim to be durable
     */
    protected Optional<List<String>> forkedJvm() {
        return Optional.of(ForkedJvm.command(getClass()));
    }

    /** How the backend under test is opened. */
    public final Opening opening() {
        return new Opening(provider(), this::options);
    }

    @BeforeAll
    final void openBackend(@TempDir Path temporary) {
        folder = temporary;
        capabilities = opening().capabilities(folder);
        backend = opening().open(folder, clock);
        LOG.log(
                System.Logger.Level.INFO,
                getClass().getName() + " runs with -D" + SEED_PROPERTY + "=" + SEED);
    }

    @AfterAll
    final void closeBackend() {
        try {
            if (backend != null) {
                backend.close();
            }
        } finally {
            report.write(ConformanceReport.folder(), getClass().getName(), provider().name(), SEED);
        }
    }

    final ConformanceReport report() {
        return report;
    }

    final Optional<List<String>> forked() {
        return forkedJvm();
    }

    static long seed() {
        return SEED;
    }

    final Path folder() {
        return folder;
    }

    final Backend backend() {
        return backend;
    }

    final MovableClock clock() {
        return clock;
    }

    final Capabilities capabilities() {
        return capabilities;
    }

    /** {@link ProviderContract}. */
    @Nested
    class Provider extends ProviderContract {
        Provider() {
            super(BackendContract.this);
        }
    }

    /** {@link StoreContract}. */
    @Nested
    class Store extends StoreContract {
        Store() {
            super(BackendContract.this);
        }
    }

    /** {@link CommitContract}. */
    @Nested
    class Commits extends CommitContract {
        Commits() {
            super(BackendContract.this);
        }
    }

    /** {@link RaceContract}. */
    @Nested
    class Races extends RaceContract {
        Races() {
            super(BackendContract.this);
        }
    }

    /** {@link VersionContract}. */
    @Nested
    class Versions extends VersionContract {
        Versions() {
            super(BackendContract.this);
        }
    }

    /** {@link HistoryContract}. */
    @Nested
    class History extends HistoryContract {
        History() {
            super(BackendContract.this);
        }
    }

    /** {@link PurgeContract}. */
    @Nested
    class Purges extends PurgeContract {
        Purges() {
            super(BackendContract.this);
        }
    }

    /** {@link ChangeFeedContract}. */
    @Nested
    class Changes extends ChangeFeedContract {
        Changes() {
            super(BackendContract.this);
        }
    }

    /** {@link TenantContract}. */
    @Nested
    class Tenants extends TenantContract {
        Tenants() {
            super(BackendContract.this);
        }
    }

    /** {@link SearchContract}. */
    @Nested
    class Search extends SearchContract {
        Search() {
            super(BackendContract.this);
        }
    }

    /** {@link SearchValueContract}. */
    @Nested
    class SearchValues extends SearchValueContract {
        SearchValues() {
            super(BackendContract.this);
        }
    }

    /** {@link SearchCaseContract}. */
    @Nested
    class SearchCases extends SearchCaseContract {
        SearchCases() {
            super(BackendContract.this);
        }
    }

    /** {@link SearchRangeContract}. */
    @Nested
    class SearchRanges extends SearchRangeContract {
        SearchRanges() {
            super(BackendContract.this);
        }
    }

    /** {@link SearchTreeContract}. */
    @Nested
    class SearchTrees extends SearchTreeContract {
        SearchTrees() {
            super(BackendContract.this);
        }
    }

    /** {@link SearchPageContract}. */
    @Nested
    class SearchPages extends SearchPageContract {
        SearchPages() {
            super(BackendContract.this);
        }
    }

    /** {@link SearchSortContract}. */
    @Nested
    class SearchSorts extends SearchSortContract {
        SearchSorts() {
            super(BackendContract.this);
        }
    }

    /** {@link SearchManyContract}. */
    @Nested
    class SearchMany extends SearchManyContract {
        SearchMany() {
            super(BackendContract.this);
        }
    }

    /** {@link IndexContract}. */
    @Nested
    class Indexing extends IndexContract {
        Indexing() {
            super(BackendContract.this);
        }
    }

    /** {@link SqlQueryContract}. */
    @Nested
    class SqlQueries extends SqlQueryContract {
        SqlQueries() {
            super(BackendContract.this);
        }
    }

    /** {@link JobContract}. */
    @Nested
    class Jobs extends JobContract {
        Jobs() {
            super(BackendContract.this);
        }
    }

    /** {@link JobFenceContract}. */
    @Nested
    class JobFences extends JobFenceContract {
        JobFences() {
            super(BackendContract.this);
        }
    }

    /** {@link BlobContract}. */
    @Nested
    class Blobs extends BlobContract {
        Blobs() {
            super(BackendContract.this);
        }
    }

    /** {@link JobOutputContract}. */
    @Nested
    class JobOutputs extends JobOutputContract {
        JobOutputs() {
            super(BackendContract.this);
        }
    }

    /** {@link RobustnessContract}. */
    @Nested
    class Robustness extends RobustnessContract {
        Robustness() {
            super(BackendContract.this);
        }
    }

    /** {@link DurabilityContract}. */
    @Nested
    class Durability extends DurabilityContract {
        Durability() {
            super(BackendContract.this);
        }
    }

    /** {@link SequenceContract}. */
    @Nested
    class Sequences extends SequenceContract {
        Sequences() {
            super(BackendContract.this);
        }
    }
}
