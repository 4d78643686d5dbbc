package dev.andiron.kernel.plugin;

import dev.andiron.spi.Option;
import dev.andiron.spi.interceptor.InterceptorProvider;

import java.nio.file.Path;
import java.util.List;

/**
 * A provider of interceptors that can be used.
 *
 * @param name its name
 * @param location the folder or jar
 * @param provider the provider, every call of it guarded
 * @param options what it declared when it was loaded
 * @param loader the context class loader of every call into it
 */
public record InstalledInterceptor(
        String name,
        Path location,
        InterceptorProvider provider,
        List<Option<?>> options,
        ClassLoader loader) {

    public InstalledInterceptor {
        options = List.copyOf(options);
    }
}
