package dev.andiron.postgres;

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
public final class PostgresProvider implements BackendProvider {
    private static final Set<SearchFeature> SEARCH =
            EnumSet.complementOf(EnumSet.of(SearchFeature.CONTAINED));

    /** For {@link java.util.ServiceLoader}. */
    public PostgresProvider() {}

    @Override
    public String name() {
        return "postgres";
    }

    @Override
    public String description() {
        return "Keeps everything in a PostgreSQL database that many server nodes may share.";
    }

    @Override
    public List<Option<?>> options() {
        return PostgresOptions.ALL;
    }

    @Override
    public Capabilities capabilities(Options options) {
        var settings = PostgresOptions.of(options);
        var capabilities =
                Capabilities.builder()
                        .versioning()
                        .history(EnumSet.allOf(HistoryLevel.class))
                        .atomicity(Atomicity.COMMIT)
                        .changeFeed()
                        .search(SEARCH)
                        .claims(ClaimStrategy.ROW_LOCK)
                        .nativeViews()
                        .blobs()
                        .shared()
                        .writeConcurrency(settings.poolSize());
        return settings.sql().user().isPresent()
                ? capabilities.sqlQueries().build()
                : capabilities.build();
    }

    @Override
    public Backend open(BackendContext context) {
        return PostgresBackend.open(
                PostgresOptions.of(context.options()), context.clock(), context.meters());
    }
}
