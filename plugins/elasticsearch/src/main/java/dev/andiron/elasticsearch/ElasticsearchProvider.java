package dev.andiron.elasticsearch;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;
import dev.andiron.spi.search.SearchFeature;

import java.util.EnumSet;
import java.util.List;

/** The entry point of the plugin. */
public final class ElasticsearchProvider implements BackendProvider {
    /** For {@link java.util.ServiceLoader}. */
    public ElasticsearchProvider() {}

    @Override
    public String name() {
        return "elasticsearch";
    }

    @Override
    public String description() {
        return "Searches in Elasticsearch, which follows a backend that holds the resources.";
    }

    @Override
    public List<Option<?>> options() {
        return ElasticsearchOptions.ALL;
    }

    @Override
    public Capabilities capabilities(Options options) {
        ElasticsearchOptions.of(options);
        return Capabilities.builder()
                .withoutStore()
                .search(EnumSet.complementOf(EnumSet.of(SearchFeature.SORT_UNION)))
                .follower()
                .shared()
                .build();
    }

    @Override
    public Backend open(BackendContext context) {
        return ElasticsearchBackend.open(
                ElasticsearchOptions.of(context.options()), context.meters(), context.clock());
    }
}
