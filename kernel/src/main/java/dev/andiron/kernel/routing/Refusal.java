package dev.andiron.kernel.routing;

import dev.andiron.kernel.backend.OpenBackend;
import dev.andiron.spi.StorageException;

/** Says by name what a backend does not do. */
final class Refusal {
    private Refusal() {}

    static StorageException.NotSupported of(OpenBackend backend, String what, String capability) {
        return new StorageException.NotSupported(
                "the backend '%s' (plugin '%s') does not %s (capability '%s')"
                        .formatted(backend.name(), backend.plugin(), what, capability));
    }
}
