package dev.andiron.kernel.backend;

import dev.andiron.kernel.config.BackendSection;
import dev.andiron.spi.composite.Composition;

import java.util.Map;

/** Puts opened backends together to one. */
@FunctionalInterface
public interface Composer {

    /**
     * Makes a composite of its parts.
     *
     * @param section the composite's configuration
     * @param opened the backends opened so far by name, its parts among them
     * @throws IllegalArgumentException if a part does not fit its role; the message says why
     */
    OpenBackend compose(
            BackendSection section, Composition composition, Map<String, OpenBackend> opened);
}
