package dev.andiron.kernel.config;

import dev.andiron.spi.Options;

import java.util.List;

/**
 * One configured backend.
 *
 * @param name the key under {@code backends}
 * @param plugin the name of its plugin
 * @param options its checked options
 * @param parts the other backends that its options name
 */
public record BackendSection(String name, String plugin, Options options, List<String> parts) {

    public BackendSection {
        parts = List.copyOf(parts);
    }
}
