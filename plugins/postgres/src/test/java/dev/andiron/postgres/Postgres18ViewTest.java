package dev.andiron.postgres;

import dev.andiron.fhir.view.NativeViewContract;
import dev.andiron.spi.Backend;
import dev.andiron.tck.fixture.Opening;

import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** Views in PostgreSQL 18, out of the documents where that can be. */
class Postgres18ViewTest extends NativeViewContract {
    @TempDir Path folder;

    @Override
    protected String database() {
        return "PostgreSQL 18";
    }

    @Override
    protected Backend open() {
        return new Opening(new PostgresProvider(), PostgresServer.of(18)::options).open(folder);
    }
}
