package dev.andiron.tck.reference;

import dev.andiron.spi.BackendProvider;
import dev.andiron.tck.BackendContract;

import java.nio.file.Path;
import java.util.Map;

/** The kit accepts a backend that keeps every promise. */
class ReferenceBackendTest extends BackendContract {

    @Override
    protected BackendProvider provider() {
        return new ReferenceProvider();
    }

    @Override
    protected Map<String, ?> options(Path folder) {
        return Map.of("journal", folder.resolve("journal"));
    }
}
