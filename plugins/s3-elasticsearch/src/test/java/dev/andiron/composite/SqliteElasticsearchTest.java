package dev.andiron.composite;

import dev.andiron.spi.BackendProvider;
import dev.andiron.sqlite.SqliteProvider;
import dev.andiron.tck.BackendContract;
import dev.andiron.tck.fixture.Opening;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The contract on SQLite with Elasticsearch. */
class SqliteElasticsearchTest extends BackendContract {

    /** What is tested. */
    public static final class Provider extends KitProvider {
        /** For services. */
        public Provider() {
            super(
                    new Opening(
                            new SqliteProvider(),
                            folder -> Map.of("path", folder.resolve("andiron.db"))),
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
        return Elasticsearch.forked(super.forkedJvm().orElseThrow());
    }
}
