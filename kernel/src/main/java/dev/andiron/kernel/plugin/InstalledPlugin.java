package dev.andiron.kernel.plugin;

import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Option;

import java.nio.file.Path;
import java.util.List;

/**
 * A provider that can be used.
 *
 * @param name its name
 * @param version the plugin's version; empty when it does not say
 * @param location the folder or jar
 * @param provider the provider, every call of it guarded
 * @param options what it declared when it was loaded
 * @param loader the context class loader of every call into it
 */
public record InstalledPlugin(
        String name,
        String version,
        Path location,
        BackendProvider provider,
        List<Option<?>> options,
        ClassLoader loader) {

    public InstalledPlugin {
        options = List.copyOf(options);
    }
}
