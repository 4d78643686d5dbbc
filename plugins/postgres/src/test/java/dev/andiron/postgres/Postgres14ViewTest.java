package dev.andiron.postgres;

import dev.andiron.fhir.view.NativeViewContract;
import dev.andiron.spi.Backend;
import dev.andiron.tck.fixture.Opening;

import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** Views in PostgreSQL 14. */
class Postgres14ViewTest extends NativeViewContract {
    @TempDir Path folder;

    @Override
    protected String database() {
        return "PostgreSQL 14";
    }

    @Override
    protected Backend open() {
        return new Opening(new PostgresProvider(), PostgresServer.of(14)::options).open(folder);
    }
}
