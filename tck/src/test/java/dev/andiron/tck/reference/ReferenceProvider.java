package dev.andiron.tck.reference;

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

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Keeps everything in memory, and a journal of the commits in a file. */
public class ReferenceProvider implements BackendProvider {
    /** Where the journal is. */
    public static final Option<Path> JOURNAL =
            Option.path("journal", Path.of("journal"), "The file that all commits are kept in.");

    /** Called by the service loader. */
    public ReferenceProvider() {}

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public String description() {
        return "Keeps resources in memory, and a journal of the commits in a file.";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(JOURNAL);
    }

    @Override
    public Capabilities capabilities(Options options) {
        return Capabilities.builder()
                .history(EnumSet.allOf(HistoryLevel.class))
                .atomicity(Atomicity.COMMIT)
                .changeFeed()
                .claims(ClaimStrategy.PROCESS_LOCAL)
                .blobs()
                .search(features())
                .build();
    }

    /** Everything but relevance. */
    static Set<SearchFeature> features() {
        return EnumSet.complementOf(EnumSet.of(SearchFeature.SCORE));
    }

    @Override
    public Backend open(BackendContext context) {
        return new ReferenceBackend(context.options().get(JOURNAL)).by(context.clock());
    }
}
