package dev.andiron.kernel.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where a configuration comes from.
 *
 * @param file the YAML file; empty means defaults with a SQLite database in the data folder
 * @param environment the environment variables: overrides such as {@code ANDIRON_SERVER_PORT}, and
 *     what {@code ${NAME}} in the file stands for
 * @param overrides values by dotted key, such as {@code server.port}, from the command line
 * @param dataDirectory where relative paths start; made absolute here
 */
public record ConfigurationSource(
        Optional<Path> file,
        Map<String, String> environment,
        Map<String, String> overrides,
        Path dataDirectory) {

    public ConfigurationSource {
        environment = Map.copyOf(environment);
        overrides = Map.copyOf(overrides);
        dataDirectory = dataDirectory.toAbsolutePath().normalize();
    }

    /** Defaults only, with this data folder. */
    public static ConfigurationSource of(Path dataDirectory) {
        return new ConfigurationSource(Optional.empty(), Map.of(), Map.of(), dataDirectory);
    }
}
