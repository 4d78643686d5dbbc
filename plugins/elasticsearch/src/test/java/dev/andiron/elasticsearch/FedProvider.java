package dev.andiron.elasticsearch;

import dev.andiron.spi.Atomicity;
import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A store in memory whose searches Elasticsearch answers, fed before each of them. */
public final class FedProvider implements BackendProvider {
    private static final Map<Path, FedBackend.Data> FOLDERS = new ConcurrentHashMap<>();

    private final ElasticsearchProvider elasticsearch = new ElasticsearchProvider();

    /** As a service loader would. */
    public FedProvider() {}

    @Override
    public String name() {
        return "fed";
    }

    @Override
    public String description() {
        return "Keeps resources in memory, and searches them in Elasticsearch.";
    }

    @Override
    public List<Option<?>> options() {
        return elasticsearch.options();
    }

    @Override
    public Capabilities capabilities(Options options) {
        return Capabilities.builder()
                .atomicity(Atomicity.COMMIT)
                .search(elasticsearch.capabilities(options).search())
                .build();
    }

    @Override
    public Backend open(BackendContext context) {
        return new FedBackend(
                FOLDERS.computeIfAbsent(context.dataDirectory(), folder -> new FedBackend.Data()),
                elasticsearch.open(context));
    }
}
