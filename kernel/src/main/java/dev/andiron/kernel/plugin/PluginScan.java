package dev.andiron.kernel.plugin;

import dev.andiron.kernel.plugin.PluginReport.State;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;
import dev.andiron.spi.composite.CompositeProvider;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.module.FindException;
import java.lang.module.ResolutionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Spliterator;

/** One walk through the places where plugins are; used once. */
final class PluginScan {
    private static final System.Logger LOG = System.getLogger(PluginScan.class.getName());

    /** A services file that goes on failing is given up after this many providers. */
    private static final int MOST_PROVIDERS = 100;

    private final Optional<ModuleLayer> layerOfSpi;
    private final Map<String, InstalledPlugin> byName = new LinkedHashMap<>();
    private final List<PluginReport.Entry> entries = new ArrayList<>();
    private final List<Realm> realms = new ArrayList<>();

    /**
     * @param layerOfSpi the parent of module layers; empty where the SPI is on the class path, and
     *     every realm is a loader
     */
    PluginScan(Optional<ModuleLayer> layerOfSpi) {
        this.layerOfSpi = layerOfSpi;
    }

    /** The layer of the SPI's module; null when it is on the class path. */
    static ModuleLayer layerOfSpi() {
        return BackendProvider.class.getModule().getLayer();
    }

    Plugins scan(PluginLocations locations) {
        if (locations.classPath()) {
            var realm = new ApplicationRealm(PluginScan.class.getClassLoader());
            providers(realm, new Origin(Path.of("class path"), "", ""), false);
        }
        for (Path folder : locations.folders().stream().distinct().toList()) {
            folder(folder);
        }
        return new Plugins(byName, new PluginReport(entries), realms);
    }

    /** Where providers come from, for the report. */
    private record Origin(Path location, String version, String spiVersion) {}

    private void folder(Path folder) {
        if (!Files.isDirectory(folder)) {
            LOG.log(Level.DEBUG, "no plugins in {0}: no such folder", folder);
            return;
        }
        for (Path candidate : list(folder)) {
            String name = candidate.getFileName().toString();
            if (name.startsWith(".") || name.endsWith(".disabled")) {
                LOG.log(Level.DEBUG, "passed over {0}: switched off by its name", candidate);
            } else if (Files.isDirectory(candidate)) {
                plugin(candidate, list(candidate).stream().filter(PluginScan::isJar).toList());
            } else if (isJar(candidate)) {
                plugin(candidate, List.of(candidate));
            } else {
                LOG.log(Level.DEBUG, "passed over {0}: neither a folder nor a jar", candidate);
            }
        }
    }

    private List<Path> list(Path folder) {
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException unreadable) {
            String reason = "the folder cannot be listed: " + unreadable.getMessage();
            failed("", Optional.empty(), new Origin(folder, "", ""), reason, unreadable);
            return List.of();
        }
    }

    private static boolean isJar(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".jar") && !name.startsWith(".") && Files.isRegularFile(file);
    }

    private void plugin(Path location, List<Path> jars) {
        var origin = new Origin(location, "", "");
        try {
            if (jars.isEmpty()) {
                throw new BrokenPluginException("the folder holds no jar");
            }
            var read = new ArrayList<PluginJar>();
            for (Path jar : jars) {
                read.add(PluginJar.read(jar));
            }
            List<PluginJar> entrances = entrances(read);
            origin =
                    new Origin(
                            location,
                            entrances.getFirst().version(),
                            entrances.getFirst().spiVersion().orElse(""));
            checkSpiVersion(entrances, location);
            Realm realm = realm(location, jars, entrances.getFirst().isModularPlugin());
            realms.add(realm);
            providers(realm, origin, true);
        } catch (BrokenPluginException broken) {
            failed("", Optional.empty(), origin, broken.getMessage(), broken);
        }
    }

    /** The jars that name a provider: the modules that do, otherwise those with a services file. */
    private static List<PluginJar> entrances(List<PluginJar> jars) throws BrokenPluginException {
        List<PluginJar> modular = jars.stream().filter(PluginJar::isModularPlugin).toList();
        List<PluginJar> found =
                modular.isEmpty()
                        ? jars.stream().filter(PluginJar::listsProvider).toList()
                        : modular;
        if (found.isEmpty()) {
            throw new BrokenPluginException(
                    "no jar provides a backend: neither a module with 'provides %s' nor META-INF/services/%s"
                            .formatted(
                                    BackendProvider.class.getName(),
                                    BackendProvider.class.getName()));
        }
        return found;
    }

    private static void checkSpiVersion(List<PluginJar> entrances, Path location)
            throws BrokenPluginException {
        for (PluginJar jar : entrances) {
            Optional<String> recorded = jar.spiVersion();
            if (recorded.isEmpty()) {
                LOG.log(
                        Level.WARNING,
                        "{0}: {1} does not say which SPI version it was compiled against (manifest"
                                + " attribute Andiron-Spi-Version); loaded all the same",
                        location,
                        jar.path().getFileName());
                continue;
            }
            Optional<SpiVersion> version = SpiVersion.parse(recorded.get());
            if (version.isEmpty() || !version.get().runsOn(SpiVersion.OURS)) {
                throw new BrokenPluginException(
                        "%s was compiled against SPI %s, this server has SPI %s"
                                .formatted(
                                        jar.path().getFileName(), recorded.get(), SpiVersion.OURS));
            }
        }
    }

    private Realm realm(Path location, List<Path> jars, boolean modular)
            throws BrokenPluginException {
        if (!modular || layerOfSpi.isEmpty()) {
            return LoaderRealm.of("plugin:" + location.getFileName(), jars);
        }
        try {
            return LayerRealm.of(layerOfSpi.get(), jars);
        } catch (FindException | ResolutionException | LayerInstantiationException refused) {
            throw new BrokenPluginException(refused.getMessage(), refused);
        }
    }

    private void providers(Realm realm, Origin origin, boolean expected) {
        Spliterator<ServiceLoader.Provider<BackendProvider>> found = realm.providers();
        int before = entries.size();
        boolean more = true;
        for (int step = 0; more && step < MOST_PROVIDERS; step++) {
            try {
                more = found.tryAdvance(provider -> provider(provider, realm, origin));
            } catch (ServiceConfigurationError | LinkageError | AssertionError broken) {
                failed("", Optional.of(realm.kind()), origin, sentence(broken), broken);
            } catch (RuntimeException broken) {
                failed("", Optional.of(realm.kind()), origin, sentence(broken), broken);
            }
        }
        if (expected && entries.size() == before) {
            String reason =
                    "it lists a provider, but none of %s was found"
                            .formatted(BackendProvider.class.getName());
            failed("", Optional.of(realm.kind()), origin, reason, null);
        }
    }

    private void provider(
            ServiceLoader.Provider<BackendProvider> candidate, Realm realm, Origin origin) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(realm.loader());
        String name = "";
        try {
            BackendProvider provider = candidate.get();
            name = String.valueOf(provider.name());
            List<Option<?>> options = checked(provider, name);
            String description = String.valueOf(provider.description());
            Optional<Capabilities> capabilities = capabilities(provider, options);
            BackendProvider guarded = guarded(provider, name, realm);
            byName.put(
                    name,
                    new InstalledPlugin(
                            name,
                            origin.version(),
                            origin.location(),
                            guarded,
                            options,
                            realm.loader()));
            entries.add(
                    new PluginReport.Entry(
                            name,
                            description,
                            origin.version(),
                            origin.spiVersion(),
                            Optional.of(realm.kind()),
                            State.LOADED,
                            origin.location(),
                            "",
                            capabilities));
        } catch (BrokenPluginException broken) {
            failed(name, Optional.of(realm.kind()), origin, broken.getMessage(), broken);
        } catch (RuntimeException
                | ServiceConfigurationError
                | LinkageError
                | AssertionError broken) {
            failed(name, Optional.of(realm.kind()), origin, sentence(broken), broken);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private List<Option<?>> checked(BackendProvider provider, String name)
            throws BrokenPluginException {
        if (!name.matches("[a-z][a-z0-9-]*")) {
            throw new BrokenPluginException(
                    "%s calls itself '%s'; a name is lower case letters, digits and hyphens"
                            .formatted(provider.getClass().getName(), name));
        }
        InstalledPlugin other = byName.get(name);
        if (other != null) {
            throw new BrokenPluginException(
                    "the name '%s' belongs to the plugin at %s already"
                            .formatted(name, other.location()));
        }
        List<Option<?>> options = List.copyOf(provider.options());
        var names = new HashSet<String>();
        for (Option<?> option : options) {
            if (!names.add(option.name()) || option.name().equals("plugin")) {
                throw new BrokenPluginException(
                        "%s declares the option '%s', which is taken already"
                                .formatted(provider.getClass().getName(), option.name()));
            }
        }
        return options;
    }

    private static BackendProvider guarded(BackendProvider provider, String name, Realm realm) {
        return provider instanceof CompositeProvider composite
                ? Guard.around(
                        CompositeProvider.class, composite, name, realm.loader(), CallListener.NONE)
                : Guard.around(
                        BackendProvider.class, provider, name, realm.loader(), CallListener.NONE);
    }

    private static Optional<Capabilities> capabilities(
            BackendProvider provider, List<Option<?>> options) {
        return provider instanceof CompositeProvider
                        || options.stream().anyMatch(Option::isRequired)
                ? Optional.empty()
                : Optional.of(provider.capabilities(Options.of(options, Map.of())));
    }

    private void failed(
            String name, Optional<RealmKind> kind, Origin origin, String reason, Throwable cause) {
        String sentence = origin.location() + ": " + reason;
        LOG.log(Level.WARNING, "plugin not loaded: " + sentence);
        LOG.log(Level.DEBUG, sentence, cause);
        entries.add(
                new PluginReport.Entry(
                        name,
                        "",
                        origin.version(),
                        origin.spiVersion(),
                        kind,
                        State.FAILED,
                        origin.location(),
                        sentence,
                        Optional.empty()));
    }

    /** The error and those behind it, which usually say what is missing. */
    private static String sentence(Throwable thrown) {
        var text =
                new StringBuilder(
                        thrown instanceof ServiceConfigurationError
                                ? thrown.getMessage()
                                : thrown.toString());
        Throwable cause = thrown.getCause();
        for (int depth = 0; cause != null && depth < 5; depth++, cause = cause.getCause()) {
            if (text.indexOf(cause.toString()) < 0) {
                text.append(" (").append(cause).append(')');
            }
        }
        return text.toString();
    }
}
