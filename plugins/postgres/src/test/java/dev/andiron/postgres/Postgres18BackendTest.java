package dev.andiron.postgres;

import dev.andiron.spi.BackendProvider;
import dev.andiron.tck.BackendContract;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The contract on PostgreSQL 18. */
class Postgres18BackendTest extends BackendContract {
    @Override
    protected BackendProvider provider() {
        return new PostgresProvider();
    }

    @Override
    protected Map<String, ?> options(Path folder) {
        return PostgresServer.of(18).options(folder);
    }

    @Override
    protected Optional<List<String>> forkedJvm() {
        var command = new ArrayList<>(super.forkedJvm().orElseThrow());
        command.add(1, "-D" + PostgresServer.property(18) + "=" + PostgresServer.of(18).url());
        return Optional.of(command);
    }
}
