package dev.andiron.postgres;

import dev.andiron.spi.BackendProvider;
import dev.andiron.tck.BackendContract;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The contract on PostgreSQL 14. */
class Postgres14BackendTest extends BackendContract {
    @Override
    protected BackendProvider provider() {
        return new PostgresProvider();
    }

    @Override
    protected Map<String, ?> options(Path folder) {
        return PostgresServer.of(14).options(folder);
    }

    @Override
    protected Optional<List<String>> forkedJvm() {
        var command = new ArrayList<>(super.forkedJvm().orElseThrow());
        command.add(1, "-D" + PostgresServer.property(14) + "=" + PostgresServer.of(14).url());
        return Optional.of(command);
    }
}
