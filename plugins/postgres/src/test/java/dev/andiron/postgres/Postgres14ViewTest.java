package dev.andiron.postgres;

import dev.andiron.fhir.view.NativeViewContract;
import dev.andiron.spi.Backend;
import dev.andiron.spi.Health;
import dev.andiron.spi.Options;
import dev.andiron.spi.metric.Meters;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.view.ViewEngine;

import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** Views in PostgreSQL 14 by its statements alone, which otherwise only odd documents need. */
class Postgres14ViewTest extends NativeViewContract {
    @TempDir Path folder;

    /** A backend whose views read nothing out of documents. */
    private record Asking(PostgresBackend backend) implements Backend {
        @Override
        public Optional<ResourceStore> resources() {
            return backend.resources();
        }

        @Override
        public Optional<ViewEngine> views() {
            return backend.views().map(views -> ((PostgresViewEngine) views).bySql());
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
        return "PostgreSQL 14 by SQL alone";
    }

    @Override
    protected Backend open() {
        return new Asking(
                PostgresBackend.open(
                        PostgresOptions.of(
                                Options.of(
                                        PostgresOptions.ALL,
                                        PostgresServer.of(14).options(folder))),
                        InstantSource.system(),
                        Meters.none()));
    }
}
