package dev.andiron.sqlite;

import dev.andiron.fhir.view.NativeViewContract;
import dev.andiron.spi.Backend;
import dev.andiron.spi.Health;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.view.ViewEngine;

import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Optional;

/** Views in SQLite by its statements alone, which otherwise only odd documents need. */
class SqliteSqlViewTest extends NativeViewContract {
    @TempDir Path folder;

    /** A backend whose views read nothing out of documents. */
    private record Asking(SqliteBackend backend) implements Backend {
        @Override
        public Optional<ResourceStore> resources() {
            return backend.resources();
        }

        @Override
        public Optional<ViewEngine> views() {
            var database = backend.database();
            return Optional.of(new SqliteViewEngine(database.reads(), database.numbers(), false));
        }

        @Override
        public Health health() {
            return backend.health();
        }

        @Override
        public void close() {
            backend.close();
        }
    }

    @Override
    protected String database() {
        return "SQLite by SQL alone";
    }

    @Override
    protected Backend open() {
        return new Asking(TestBackend.open(folder));
    }
}
