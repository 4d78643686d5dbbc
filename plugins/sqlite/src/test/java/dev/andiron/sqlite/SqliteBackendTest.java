package dev.andiron.sqlite;

import dev.andiron.spi.BackendProvider;
import dev.andiron.tck.BackendContract;

import java.nio.file.Path;
import java.util.Map;

/** The promises that every backend makes. */
class SqliteBackendTest extends BackendContract {

    @Override
    protected BackendProvider provider() {
        return new SqliteProvider();
    }

    @Override
    protected Map<String, ?> options(Path folder) {
        return Map.of("path", folder.resolve("andiron.db"));
    }
}
