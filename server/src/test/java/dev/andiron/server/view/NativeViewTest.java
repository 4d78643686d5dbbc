package dev.andiron.server.view;

import dev.andiron.fhir.view.NativeViewContract;
import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.Options;
import dev.andiron.sqlite.SqliteProvider;

import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/** Views in SQLite. */
class NativeViewTest extends NativeViewContract {
    @TempDir Path folder;

    private record Context(Path dataDirectory, Options options) implements BackendContext {
        @Override
        public String backendName() {
            return "main";
        }

        @Override
        public InstantSource clock() {
            return InstantSource.system();
        }
    }

    @Override
    protected String database() {
        return "SQLite";
    }

    @Override
    protected Backend open() {
        var provider = new SqliteProvider();
        var options = Options.of(provider.options(), Map.of("path", folder.resolve("views.db")));
        return provider.open(new Context(folder, options));
    }
}
