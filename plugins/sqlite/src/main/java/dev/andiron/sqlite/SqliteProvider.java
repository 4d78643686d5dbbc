package dev.andiron.sqlite;

import dev.andiron.spi.Atomicity;
import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.ClaimStrategy;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;
import dev.andiron.spi.resource.HistoryLevel;
import dev.andiron.spi.search.SearchFeature;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The entry point of the plugin. */
public final class SqliteProvider implements BackendProvider {
    private static final Set<SearchFeature> SEARCH =
            EnumSet.complementOf(EnumSet.of(SearchFeature.CONTAINED));

    /** Commits that are worth sending at once: so many share one fsync. */
    private static final int WRITE_CONCURRENCY = 64;

    /** For {@link java.util.ServiceLoader}. */
    public SqliteProvider() {}

    @Override
    public String name() {
        return "sqlite";
    }

    @Override
    public String description() {
        return "Keeps everything in one SQLite file: embedded, durable, no server to run.";
    }

    @Override
    public List<Option<?>> options() {
        return SqliteOptions.ALL;
    }

    @Override
    public Capabilities capabilities(Options options) {
        return Capabilities.builder()
                .versioning()
                .history(EnumSet.allOf(HistoryLevel.class))
                .atomicity(Atomicity.COMMIT)
                .changeFeed()
                .search(SEARCH)
                .sqlQueries()
                .claims(ClaimStrategy.PROCESS_LOCAL)
                .blobs()
                .writeConcurrency(WRITE_CONCURRENCY)
                .build();
    }

    @Override
    public Backend open(BackendContext context) {
        return SqliteBackend.open(
                SqliteOptions.of(context.options()), context.clock(), context.meters());
    }
}
