package dev.andiron.kernel.backend;

import dev.andiron.kernel.StartupException;
import dev.andiron.kernel.StartupException.ExitCode;
import dev.andiron.kernel.config.BackendSection;
import dev.andiron.kernel.config.Configuration;
import dev.andiron.kernel.plugin.CallListener;
import dev.andiron.kernel.plugin.Guard;
import dev.andiron.kernel.plugin.InstalledPlugin;
import dev.andiron.kernel.plugin.Plugins;
import dev.andiron.spi.Backend;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Health;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.composite.CompositeProvider;
import dev.andiron.spi.composite.Composition;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The opened backends. The one that serves requests must open; another that does not is reported by
 * {@link #health()} and the log.
 */
public final class Backends implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Backends.class.getName());
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final Map<String, OpenBackend> open = new LinkedHashMap<>();
    private final Map<String, HealthProbe> probes = new LinkedHashMap<>();
    private final Map<String, String> failures = new LinkedHashMap<>();
    private final Configuration configuration;
    private final Plugins plugins;
    private final InstantSource clock;
    private final CallListener listener;
    private final Composer composer;

    private Backends(
            Configuration configuration,
            Plugins plugins,
            InstantSource clock,
            CallListener listener,
            Composer composer) {
        this.configuration = configuration;
        this.plugins = plugins;
        this.clock = clock;
        this.listener = listener;
        this.composer = composer;
    }

    /**
     * Opens every configured backend, parts before what is made of them.
     *
     * @param composer puts the parts of composites together
     * @throws StartupException if the serving backend does not open; the others are closed again
     */
    public static Backends open(
            Configuration configuration,
            Plugins plugins,
            InstantSource clock,
            CallListener listener,
            Composer composer) {
        var backends = new Backends(configuration, plugins, clock, listener, composer);
        try {
            backends.openAll();
            return backends;
        } catch (RuntimeException | Error failed) {
            try {
                backends.close();
            } catch (RuntimeException alsoFailed) {
                failed.addSuppressed(alsoFailed);
            }
            throw failed;
        }
    }

    private void openAll() {
        List<BackendSection> order = OpenOrder.of(configuration.backends());
        createDataDirectory();
        for (BackendSection section : order) {
            try {
                OpenBackend opened = open(section);
                open.put(section.name(), opened);
                probes.put(section.name(), new HealthProbe(opened.backend()::health, PATIENCE));
            } catch (StartupException refused) {
                if (section.name().equals(configuration.storage())) {
                    throw refused;
                }
                LOG.log(Level.WARNING, refused.getMessage());
                LOG.log(Level.DEBUG, refused.getMessage(), refused);
                failures.put(section.name(), refused.getMessage());
            }
        }
    }

    private void createDataDirectory() {
        Path folder = configuration.dataDirectory();
        try {
            Files.createDirectories(folder);
        } catch (IOException notCreated) {
            throw new StartupException(
                    "the data folder %s cannot be created: %s"
                            .formatted(folder, notCreated.getMessage()),
                    ExitCode.STORAGE,
                    notCreated);
        }
    }

    private OpenBackend open(BackendSection section) {
        for (String part : section.parts()) {
            if (failures.containsKey(part)) {
                throw refused(
                        section, "its part '" + part + "' is not open", ExitCode.STORAGE, null);
            }
        }
        InstalledPlugin plugin =
                plugins.find(section.plugin())
                        .orElseThrow(
                                () ->
                                        refused(
                                                section,
                                                "the plugin is not installed",
                                                ExitCode.CONFIGURATION,
                                                null));
        if (plugin.provider() instanceof CompositeProvider composite) {
            return composed(section, composite);
        }
        Capabilities capabilities = capabilities(section, plugin);
        if (section.name().equals(configuration.storage()) && !capabilities.store()) {
            throw refused(
                    section,
                    "it only searches; 'storage' names a backend that stores resources",
                    ExitCode.CONFIGURATION,
                    null);
        }
        Backend opened = open(section, plugin);
        return checked(section, plugin, capabilities, opened);
    }

    private OpenBackend composed(BackendSection section, CompositeProvider provider) {
        try {
            Composition composition = provider.composition(section.options());
            return composer.compose(section, composition, Map.copyOf(open));
        } catch (StorageException failed) {
            throw refused(section, Guard.reason(failed), ExitCode.CONFIGURATION, failed);
        } catch (IllegalArgumentException unfit) {
            throw refused(section, unfit.getMessage(), ExitCode.CONFIGURATION, unfit);
        }
    }

    private Capabilities capabilities(BackendSection section, InstalledPlugin plugin) {
        try {
            Capabilities capabilities = plugin.provider().capabilities(section.options());
            if (capabilities == null) {
                throw refused(
                        section,
                        "the plugin does not tell its capabilities",
                        ExitCode.STORAGE,
                        null);
            }
            return capabilities;
        } catch (StorageException failed) {
            throw refused(section, Guard.reason(failed), ExitCode.CONFIGURATION, failed);
        }
    }

    private Backend open(BackendSection section, InstalledPlugin plugin) {
        try {
            return plugin.provider()
                    .open(
                            new LentContext(
                                    section.name(),
                                    section.options(),
                                    clock,
                                    configuration.dataDirectory(),
                                    listener.meters(section.name())));
        } catch (StorageException failed) {
            throw refused(section, Guard.reason(failed), ExitCode.STORAGE, failed);
        }
    }

    private OpenBackend checked(
            BackendSection section,
            InstalledPlugin plugin,
            Capabilities capabilities,
            Backend opened) {
        if (opened == null) {
            throw refused(section, "the plugin opened nothing", ExitCode.STORAGE, null);
        }
        try {
            OpenBackend backend = OpenBackend.of(section, plugin, capabilities, opened, listener);
            String contradiction = backend.contradiction().orElse(null);
            if (contradiction == null) {
                return backend;
            }
            throw refused(section, contradiction, ExitCode.STORAGE, null);
        } catch (StorageException failed) {
            StartupException refused =
                    refused(section, Guard.reason(failed), ExitCode.STORAGE, failed);
            close(opened, refused);
            throw refused;
        } catch (StartupException refused) {
            close(opened, refused);
            throw refused;
        }
    }

    private static void close(Backend opened, StartupException because) {
        try {
            opened.close();
        } catch (RuntimeException | LinkageError alsoFailed) {
            because.addSuppressed(alsoFailed);
        }
    }

    private static StartupException refused(
            BackendSection section, String reason, ExitCode exitCode, Throwable cause) {
        return new StartupException(
                "the backend '%s' (plugin '%s') cannot be opened: %s"
                        .formatted(section.name(), section.plugin(), reason),
                exitCode,
                cause);
    }

    /** The backend that serves requests. */
    public OpenBackend serving() {
        return open.get(configuration.storage());
    }

    /** The opened backends by name, in the order of opening. */
    public Map<String, OpenBackend> opened() {
        return Map.copyOf(open);
    }

    /** How each configured backend is doing, by name; waits half a second for each at most. */
    public Map<String, Health> health() {
        var health = new LinkedHashMap<String, Health>();
        probes.forEach((name, probe) -> health.put(name, probe.ask()));
        failures.forEach((name, reason) -> health.put(name, new Health.Down(reason)));
        return health;
    }

    /** Closes in the reverse order of opening; one that fails does not keep the others open. */
    @Override
    public void close() {
        RuntimeException failure = null;
        for (OpenBackend backend : new ArrayList<>(open.values()).reversed()) {
            try {
                backend.backend().close();
            } catch (RuntimeException failed) {
                if (failure == null) {
                    failure = failed;
                } else {
                    failure.addSuppressed(failed);
                }
            }
        }
        open.clear();
        probes.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
