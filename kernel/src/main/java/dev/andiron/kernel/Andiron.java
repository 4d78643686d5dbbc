package dev.andiron.kernel;

import dev.andiron.kernel.backend.Backends;
import dev.andiron.kernel.composite.Composite;
import dev.andiron.kernel.composite.FollowerState;
import dev.andiron.kernel.config.Configuration;
import dev.andiron.kernel.config.ConfigurationException;
import dev.andiron.kernel.config.ConfigurationSource;
import dev.andiron.kernel.config.Section;
import dev.andiron.kernel.interceptor.Interceptors;
import dev.andiron.kernel.lent.ValueExtraction;
import dev.andiron.kernel.plugin.CallListener;
import dev.andiron.kernel.plugin.PluginLocations;
import dev.andiron.kernel.plugin.PluginReport;
import dev.andiron.kernel.plugin.Plugins;
import dev.andiron.kernel.routing.Lending;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.spi.Health;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.tenant.TenantContext;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The assembled core of a server: opened backends, and the storage that serves requests. */
public final class Andiron implements AutoCloseable {
    private final Plugins plugins;
    private final Backends backends;
    private final Map<String, Composite> composites;
    private final Interceptors interceptors;
    private final Storage storage;

    private Andiron(
            Plugins plugins,
            Backends backends,
            Map<String, Composite> composites,
            Interceptors interceptors,
            Storage storage) {
        this.plugins = plugins;
        this.backends = backends;
        this.composites = Map.copyOf(composites);
        this.interceptors = interceptors;
        this.storage = storage;
    }

    /**
     * What is known before anything is opened: enough to show plugins and configuration.
     *
     * @param configuration the checked configuration
     * @param plugins the installed plugins; closed by {@link Andiron#close()} once opened
     */
    public record Prepared(Configuration configuration, Plugins plugins) {}

    /**
     * Looks for plugins and checks the configuration against them.
     *
     * @param locations where plugins are, besides {@code plugins.directory} of the configuration
     * @throws ConfigurationException with all problems at once
     */
    public static Prepared prepare(
            ConfigurationSource source, List<Section> sections, PluginLocations locations) {
        var scanned = new Plugins[1];
        try {
            Configuration configuration =
                    Configuration.load(
                            source,
                            sections,
                            folder -> scanned[0] = Plugins.lazily(locations.and(folder)));
            return new Prepared(configuration, scanned[0]);
        } catch (RuntimeException refused) {
            if (scanned[0] != null) {
                scanned[0].close();
            }
            throw refused;
        }
    }

    /**
     * Opens the configured backends.
     *
     * @param clock the server's clock
     * @param extraction the search values of stored resources, for searches that a backend lacks
     * @param off parts of search that are refused, with a sentence that says why
     * @param listener is told of every call into a backend
     * @throws StartupException if the backend that serves requests does not open; its message is
     *     for the operator, and everything is closed again
     */
    public static Andiron open(
            Prepared prepared,
            InstantSource clock,
            ValueExtraction extraction,
            Map<SearchFeature, String> off,
            CallListener listener) {
        Map<String, Composite> composites = new LinkedHashMap<>();
        Backends backends;
        try {
            backends =
                    Backends.open(
                            prepared.configuration(),
                            prepared.plugins(),
                            clock,
                            listener,
                            (section, composition, opened) -> {
                                Composite composite =
                                        Composite.of(
                                                section.name(),
                                                section.plugin(),
                                                composition,
                                                opened,
                                                extraction,
                                                clock);
                                composites.put(section.name(), composite);
                                return composite.opened();
                            });
        } catch (RuntimeException refused) {
            prepared.plugins().close();
            throw refused;
        }
        try {
            return new Andiron(
                    prepared.plugins(),
                    backends,
                    composites,
                    Interceptors.open(
                            prepared.configuration(), prepared.plugins(), clock, listener),
                    new Storage(
                            Lending.to(
                                    backends.serving(),
                                    prepared.configuration().dataDirectory(),
                                    clock),
                            extraction,
                            off));
        } catch (RuntimeException refused) {
            try (var _ = prepared.plugins()) {
                backends.close();
            }
            throw refused;
        }
    }

    /**
     * Lets the followers of composites begin to follow. Their search values may come from the
     * storage itself, so this is called when that is ready.
     */
    public void follow() {
        composites.values().forEach(Composite::start);
    }

    /** The composites by their configured names. */
    public Map<String, Composite> composites() {
        return composites;
    }

    /** How the followers of composites are doing, by the composites' names. */
    public Map<String, List<FollowerState>> followers() {
        var states = new LinkedHashMap<String, List<FollowerState>>();
        composites.forEach((name, composite) -> states.put(name, composite.followers()));
        return states;
    }

    /**
     * The position through which searches of a tenant see what was committed; empty if they see
     * each commit at once.
     *
     * @param backend the configured name of a backend
     */
    public OptionalLong applied(String backend, TenantContext tenant) {
        Composite composite = composites.get(backend);
        return composite == null
                ? OptionalLong.empty()
                : OptionalLong.of(composite.applied(tenant));
    }

    /** The storage that serves requests. */
    public Storage storage() {
        return storage;
    }

    /** What runs before and after interactions. */
    public Interceptors interceptors() {
        return interceptors;
    }

    /** What was found when plugins were looked for; waits until all have been. */
    public PluginReport plugins() {
        return plugins.report();
    }

    /** How each configured backend is doing, by name; never waits for a backend that hangs. */
    public Map<String, Health> health() {
        return backends.health();
    }

    /** Closes the backends, in the reverse order of opening, then interceptors and plugins. */
    @Override
    public void close() {
        try (plugins;
                interceptors) {
            backends.close();
        }
    }
}
