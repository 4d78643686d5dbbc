package dev.andiron.kernel.config;

import dev.andiron.spi.Option;
import dev.andiron.spi.OptionType;
import dev.andiron.spi.Options;
import dev.andiron.spi.composite.CompositeProvider.OwnPart;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;

/**
 * The checked configuration of a server: typed values, defaults applied. A value is taken from the
 * command line before the environment, the file and its default, in this order. Immutable.
 *
 * <p>Every value has one dotted key, such as {@code backends.main.path}, and one environment name
 * computed from it, {@code ANDIRON_BACKENDS_MAIN_PATH}.
 */
public final class Configuration {
    /** The backend that serves FHIR requests. */
    public static final Option<String> STORAGE =
            Option.backend("storage", "The backend that serves FHIR requests.")
                    .withDefault(ConfigurationLoader.IMPLIED_BACKEND);

    /** A folder for plugins besides those of the distribution. */
    public static final Option<Path> PLUGINS_DIRECTORY =
            Option.path(
                    "directory",
                    Path.of("plugins"),
                    "A folder with more plugins besides those of the distribution; it need not"
                            + " exist.");

    /** The name of the plugin that a backend runs on. */
    public static final Option<String> PLUGIN =
            Option.string("plugin", "The plugin that the backend runs on.").required();

    static final Section ROOT = Section.of("", STORAGE);
    static final Section PLUGINS = Section.of("plugins", PLUGINS_DIRECTORY);

    private final ConfigurationSource source;
    private final Map<String, Options> sections;
    private final List<BackendSection> backends;
    private final List<InterceptorSection> interceptors;
    private final List<Setting> settings;
    private final List<String> warnings;

    Configuration(
            ConfigurationSource source,
            Map<String, Options> sections,
            List<BackendSection> backends,
            List<InterceptorSection> interceptors,
            List<Setting> settings,
            List<String> warnings) {
        this.source = source;
        this.sections = Map.copyOf(sections);
        this.backends = List.copyOf(backends);
        this.interceptors = List.copyOf(interceptors);
        this.settings = List.copyOf(settings);
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Reads and checks a configuration.
     *
     * @param sections what the server's parts read; {@code storage}, {@code backends} and {@code
     *     plugins} are known already
     * @param plugins gives the installed plugins, told the value of {@code plugins.directory};
     *     called once
     * @throws ConfigurationException with all problems at once
     */
    public static Configuration load(
            ConfigurationSource source,
            List<Section> sections,
            Function<Path, ? extends PluginCatalog> plugins) {
        return new ConfigurationLoader(source, sections).load(plugins);
    }

    /** Every key that a configuration may hold, in order: the server's own, then each plugin's. */
    public static List<ReferenceEntry> reference(List<Section> sections, PluginCatalog plugins) {
        var entries = new ArrayList<ReferenceEntry>();
        for (Section section : ConfigurationLoader.allSections(sections)) {
            for (Option<?> option : section.options()) {
                entries.add(entry(section.name(), option, Optional.empty()));
            }
        }
        entries.add(entry("backends.<name>", PLUGIN, Optional.empty()));
        for (String plugin : plugins.names()) {
            for (Option<?> option : plugins.options(plugin).orElse(List.of())) {
                entries.add(entry("backends.<name>", option, Optional.of(plugin)));
            }
            for (OwnPart part : plugins.ownParts(plugin)) {
                for (Option<?> option : PartSections.options(part, plugins)) {
                    entries.add(entry("backends.<name>", option, Optional.of(plugin)));
                }
            }
        }
        for (Option<?> option : InterceptorSection.OPTIONS) {
            entries.add(entry("interceptors.<name>", option, Optional.empty()));
        }
        for (String plugin : plugins.interceptorNames()) {
            for (Option<?> option : plugins.interceptorOptions(plugin).orElse(List.of())) {
                entries.add(entry("interceptors.<name>", option, Optional.of(plugin)));
            }
        }
        return List.copyOf(entries);
    }

    private static ReferenceEntry entry(String section, Option<?> option, Optional<String> plugin) {
        String key = Section.key(section, option.name());
        return new ReferenceEntry(
                key,
                KnownKey.environmentName(key).replace("__NAME__", "_<NAME>_"),
                plugin,
                option.type(),
                option.type() == OptionType.CHOICE ? option.choices() : List.of(),
                option.defaultValue().map(value -> ValueText.write(option, value)),
                option.isRequired(),
                option.isSecret(),
                option.description());
    }

    /**
     * The value of an option that is required or has a default.
     *
     * @param section the section's name, empty for the top of the file
     * @throws NoSuchElementException if it has neither and was not set, or is not in the section
     */
    public <T> T get(String section, Option<T> option) {
        return options(section).get(option);
    }

    /** The value of an option, if it was set or has a default. */
    public <T> Optional<T> find(String section, Option<T> option) {
        return options(section).find(option);
    }

    /** All values of a section. */
    public Options options(String section) {
        Options options = sections.get(section);
        if (options == null) {
            throw new NoSuchElementException("no section '" + section + "' was declared");
        }
        return options;
    }

    /** The name of the backend that serves FHIR requests. */
    public String storage() {
        return get("", STORAGE);
    }

    /** The configured backends, in the order of the file. */
    public List<BackendSection> backends() {
        return backends;
    }

    /** The configured interceptors, in the order of the file. */
    public List<InterceptorSection> interceptors() {
        return interceptors;
    }

    /** Where relative paths start; absolute. */
    public Path dataDirectory() {
        return source.dataDirectory();
    }

    /** Every known key with its effective value and where that comes from, secrets masked. */
    public List<Setting> effective() {
        return settings;
    }

    /** What an operator should look at although the server can start: a sentence each. */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * A refusal of one value by the part of the server that reads it, told like the problems that
     * {@link #load} finds.
     *
     * @param message what the key takes, to follow its name: {@code "takes a port from 0 to 65535"}
     */
    public ConfigurationException refuse(String section, Option<?> option, String message) {
        String key = Section.key(section, option.name());
        String place =
                settings.stream()
                        .filter(setting -> setting.key().equals(key))
                        .map(Setting::origin)
                        .findFirst()
                        .orElse(ValueSource.DEFAULT.toString());
        return new ConfigurationException(
                List.of(new ConfigurationProblem(place, key, key + " " + message)));
    }
}
