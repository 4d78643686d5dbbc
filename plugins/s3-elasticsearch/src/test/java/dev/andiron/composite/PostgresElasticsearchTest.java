package dev.andiron.composite;

import dev.andiron.postgres.PostgresProvider;
import dev.andiron.postgres.PostgresServer;
import dev.andiron.spi.BackendProvider;
import dev.andiron.tck.BackendContract;
import dev.andiron.tck.fixture.Opening;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The contract on PostgreSQL with Elasticsearch. */
class PostgresElasticsearchTest extends BackendContract {

    /** What is tested. */
    public static final class Provider extends KitProvider {
        /** For services. */
        public Provider() {
            super(
                    new Opening(
                            new PostgresProvider(),
                            folder -> PostgresServer.of(18).options(folder)),
                    Elasticsearch.opening());
        }
    }

    @Override
    protected BackendProvider provider() {
        return new Provider();
    }

    @Override
    protected Map<String, ?> options(Path folder) {
        return Map.of("folder", folder);
    }

    @Override
    protected Optional<List<String>> forkedJvm() {
        return Elasticsearch.forked(
                super.forkedJvm().orElseThrow(),
                PostgresServer.property(18),
                PostgresServer.of(18).url());
    }
}
