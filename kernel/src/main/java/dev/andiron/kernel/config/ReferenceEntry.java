package dev.andiron.kernel.config;

import dev.andiron.spi.OptionType;

import java.util.List;
import java.util.Optional;

/**
 * One key that a configuration may hold, for the reference.
 *
 * @param key the dotted key; a backend's name is {@code <name>} in it
 * @param environment the environment variable that overrides it
 * @param plugin the plugin that reads it; empty for the server's own keys
 * @param type the type of its value
 * @param choices the words that a {@link OptionType#CHOICE} accepts, otherwise empty
 * @param defaultValue its default as a file would hold it
 * @param required whether a configuration without it is refused
 * @param secret whether it is masked wherever it is shown
 * @param description what it means
 */
public record ReferenceEntry(
        String key,
        String environment,
        Optional<String> plugin,
        OptionType type,
        List<String> choices,
        Optional<String> defaultValue,
        boolean required,
        boolean secret,
        String description) {}
