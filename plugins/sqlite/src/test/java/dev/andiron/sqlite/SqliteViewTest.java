package dev.andiron.sqlite;

import dev.andiron.fhir.view.NativeViewContract;
import dev.andiron.spi.Backend;

import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** Views in SQLite. */
class SqliteViewTest extends NativeViewContract {
    @TempDir Path folder;

    @Override
    protected String database() {
        return "SQLite";
    }

    @Override
    protected Backend open() {
        return TestBackend.open(folder);
    }
}
