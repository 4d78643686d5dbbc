package dev.andiron.elasticsearch;

import dev.andiron.spi.BackendProvider;
import dev.andiron.tck.BackendContract;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Elasticsearch searches as the kit demands, fed with what the kit writes. */
class ElasticsearchBackendTest extends BackendContract {

    @Override
    protected BackendProvider provider() {
        return new FedProvider();
    }

    @Override
    protected Map<String, ?> options(Path folder) {
        return ElasticsearchServer.options(ElasticsearchServer.server().url(), folder);
    }

    /** The store in memory ends with its process. */
    @Override
    protected Optional<List<String>> forkedJvm() {
        return Optional.empty();
    }
}
