package dev.andiron.server.cli;

import dev.andiron.kernel.config.ConfigurationSource;
import dev.andiron.kernel.plugin.PluginLocations;

import picocli.CommandLine.Option;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The options of every command that reads the configuration. */
final class ConfigurationOptions {
    /** The folder for data if nobody names one. */
    static final String DATA = "data";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The configuration, a YAML file (default: conf/andiron.yaml of the"
                            + " distribution).")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = DATA,
            description =
                    "The folder for data; relative paths of the configuration start there"
                            + " (default: ${DEFAULT-VALUE}).")
    private Path data;

    /**
     * Where the configuration comes from.
     *
     * @param overrides values by dotted key, from other options of the command line
     */
    ConfigurationSource source(Map<String, String> overrides) {
        return source(file, data, overrides);
    }

    /**
     * Where the configuration comes from.
     *
     * @param file what the command line names
     * @param data the folder for data
     * @param overrides values by dotted key
     */
    static ConfigurationSource source(
            Optional<Path> file, Path data, Map<String, String> overrides) {
        return new ConfigurationSource(
                file.isPresent() ? file : shipped(), System.getenv(), overrides, data);
    }

    /** The plugins of the distribution; those of {@code plugins.directory} come on top. */
    static PluginLocations locations() {
        return home().map(home -> PluginLocations.of(home.resolve("plugins")))
                .orElseGet(() -> new PluginLocations(List.of(), true));
    }

    private static Optional<Path> shipped() {
        return home().map(home -> home.resolve("conf").resolve("andiron.yaml"))
                .filter(Files::exists);
    }

    /** The folder of the distribution, which its start script tells. */
    private static Optional<Path> home() {
        return Optional.ofNullable(System.getProperty("andiron.home")).map(Path::of);
    }
}
