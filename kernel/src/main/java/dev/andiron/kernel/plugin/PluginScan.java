package dev.andiron.kernel.plugin;

import dev.andiron.kernel.plugin.PluginReport.State;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;
import dev.andiron.spi.composite.CompositeProvider;
import dev.andiron.spi.interceptor.InterceptorProvider;

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
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.Spliterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * One walk through the places where plugins are. It may be made in two parts: first to a plugin
 * that is wanted, if something there bears its name, and later to all others. Safe for use by many
 * threads; the second part is made once, and whoever asks meanwhile waits for it.
 */
final class PluginScan {
    private static final System.Logger LOG = System.getLogger(PluginScan.class.getName());

    /** A services file that goes on failing is given up after this many providers. */
    private static final int MOST_PROVIDERS = 100;

    private final Optional<ModuleLayer> layerOfSpi;
    private final PluginLocations locations;
    private final Set<Path> visited = new HashSet<>();
    private boolean complete;
    private final Map<String, InstalledPlugin> byName = new ConcurrentHashMap<>();
    private final Map<String, InstalledInterceptor> interceptors = new LinkedHashMap<>();
    private final List<PluginReport.Entry> entries = new ArrayList<>();
    private final List<Realm> realms = new ArrayList<>();

    /**
     * @param layerOfSpi the parent of module layers; empty where the SPI is on the class path, and
     *     every realm is a loader
     */
    PluginScan(Optional<ModuleLayer> layerOfSpi, PluginLocations locations) {
        this.layerOfSpi = layerOfSpi;
        this.locations = locations;
    }

    /** The layer of the SPI's module; null when it is on the class path. */
    static ModuleLayer layerOfSpi() {
        return BackendProvider.class.getModule().getLayer();
    }

    /** A backend's plugin, for which no more is loaded than has to be. */
    Optional<InstalledPlugin> find(String name) {
        InstalledPlugin known = byName.get(name);
        return known == null ? look(name) : Optional.of(known);
    }

    private synchronized Optional<InstalledPlugin> look(String name) {
        if (!complete && !locations.classPath() && !byName.containsKey(name)) {
            for (Path folder : folders()) {
                for (Path candidate : Files.isDirectory(folder) ? list(folder) : List.<Path>of()) {
                    if (!byName.containsKey(name) && isNamed(candidate, name)) {
                        candidate(candidate);
                    }
                }
            }
        }
        if (!byName.containsKey(name)) {
            complete();
        }
        return Optional.ofNullable(byName.get(name));
    }

    /** {@code sqlite}, {@code sqlite.jar} and {@code sqlite-1.0.jar} look like the plugin. */
    static boolean isNamed(Path location, String plugin) {
        return location.getFileName()
                .toString()
                .matches(Pattern.quote(plugin) + "(-[0-9].*)?(\\.jar)?");
    }

    /** Loads what is not loaded yet. */
    synchronized void complete() {
        if (complete) {
            return;
        }
        complete = true;
        if (locations.classPath()) {
            var realm = new ApplicationRealm(PluginScan.class.getClassLoader());
            providers(realm, new Origin(Path.of("class path"), "", "", ""), false);
        }
        folders().forEach(this::folder);
    }

    private List<Path> folders() {
        return locations.folders().stream().distinct().toList();
    }

    synchronized Map<String, InstalledPlugin> all() {
        complete();
        return byName;
    }

    synchronized Map<String, InstalledInterceptor> interceptors() {
        complete();
        return interceptors;
    }

    synchronized PluginReport report() {
        complete();
        return new PluginReport(entries);
    }

    /** Loads nothing more, and lets go of what is loaded. */
    synchronized void close() {
        complete = true;
        realms.forEach(Realm::close);
    }

    /** Where providers come from, for the report. */
    private record Origin(Path location, String version, String vendor, String spiVersion) {}

    private void folder(Path folder) {
        if (!Files.isDirectory(folder)) {
            LOG.log(Level.DEBUG, "no plugins in {0}: no such folder", folder);
            return;
        }
        list(folder).forEach(this::candidate);
    }

    private void candidate(Path candidate) {
        if (!visited.add(candidate)) {
            return;
        }
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

    private List<Path> list(Path folder) {
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException unreadable) {
            String reason = "the folder cannot be listed: " + unreadable.getMessage();
            failed("", Optional.empty(), new Origin(folder, "", "", ""), reason, unreadable);
            return List.of();
        }
    }

    private static boolean isJar(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".jar") && !name.startsWith(".") && Files.isRegularFile(file);
    }

    private void plugin(Path location, List<Path> jars) {
        var origin = new Origin(location, "", "", "");
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
                            entrances.getFirst().vendor(),
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
                    "no jar provides a backend or an interceptor: neither a module with 'provides %s' nor such a file in META-INF/services"
                            .formatted(PluginService.all()));
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
        int before = entries.size();
        step(
                realm.providers(BackendProvider.class),
                provider -> backend(provider, realm, origin),
                realm,
                origin);
        step(
                realm.providers(InterceptorProvider.class),
                provider -> interceptor(provider, realm, origin),
                realm,
                origin);
        if (expected && entries.size() == before) {
            String reason =
                    "it lists a provider, but none of %s was found".formatted(PluginService.all());
            failed("", Optional.of(realm.kind()), origin, reason, null);
        }
    }

    private <T> void step(
            Spliterator<ServiceLoader.Provider<T>> found,
            Consumer<ServiceLoader.Provider<T>> each,
            Realm realm,
            Origin origin) {
        boolean more = true;
        for (int step = 0; more && step < MOST_PROVIDERS; step++) {
            try {
                more = found.tryAdvance(each);
            } catch (ServiceConfigurationError | LinkageError | AssertionError broken) {
                failed("", Optional.of(realm.kind()), origin, sentence(broken), broken);
            } catch (RuntimeException broken) {
                failed("", Optional.of(realm.kind()), origin, sentence(broken), broken);
            }
        }
    }

    /** What may be called a provider's name in a report, and whatever may go wrong with it. */
    private interface Asking {
        void ask(StringBuilder name) throws BrokenPluginException;
    }

    /** Asks a provider under its own context class loader; what it throws is its failure alone. */
    private void asked(Realm realm, Origin origin, Asking asking) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(realm.loader());
        var name = new StringBuilder();
        try {
            asking.ask(name);
        } catch (BrokenPluginException broken) {
            failed(name.toString(), Optional.of(realm.kind()), origin, broken.getMessage(), broken);
        } catch (RuntimeException
                | ServiceConfigurationError
                | LinkageError
                | AssertionError broken) {
            failed(name.toString(), Optional.of(realm.kind()), origin, sentence(broken), broken);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private void backend(
            ServiceLoader.Provider<BackendProvider> candidate, Realm realm, Origin origin) {
        asked(
                realm,
                origin,
                asked -> {
                    BackendProvider provider = candidate.get();
                    String name = asked.append(provider.name()).toString();
                    List<Option<?>> options =
                            checked(
                                    provider,
                                    name,
                                    provider.options(),
                                    Optional.ofNullable(byName.get(name))
                                            .map(InstalledPlugin::location),
                                    Set.of("plugin"));
                    String description = String.valueOf(provider.description());
                    Optional<Capabilities> capabilities = capabilities(provider, options);
                    byName.put(
                            name,
                            new InstalledPlugin(
                                    name,
                                    origin.version(),
                                    origin.location(),
                                    guarded(provider, name, realm),
                                    options,
                                    realm.loader()));
                    loaded(PluginService.BACKEND, name, description, realm, origin, capabilities);
                });
    }

    private void interceptor(
            ServiceLoader.Provider<InterceptorProvider> candidate, Realm realm, Origin origin) {
        asked(
                realm,
                origin,
                asked -> {
                    InterceptorProvider provider = candidate.get();
                    String name = asked.append(provider.name()).toString();
                    List<Option<?>> options =
                            checked(
                                    provider,
                                    name,
                                    provider.options(),
                                    Optional.ofNullable(interceptors.get(name))
                                            .map(InstalledInterceptor::location),
                                    Set.of("plugin", "order", "tenants"));
                    String description = String.valueOf(provider.description());
                    interceptors.put(
                            name,
                            new InstalledInterceptor(
                                    name,
                                    origin.location(),
                                    Guard.around(
                                            InterceptorProvider.class,
                                            provider,
                                            name,
                                            realm.loader(),
                                            CallListener.NONE),
                                    options,
                                    realm.loader()));
                    loaded(
                            PluginService.INTERCEPTOR,
                            name,
                            description,
                            realm,
                            origin,
                            Optional.empty());
                });
    }

    private void loaded(
            PluginService service,
            String name,
            String description,
            Realm realm,
            Origin origin,
            Optional<Capabilities> capabilities) {
        entries.add(
                new PluginReport.Entry(
                        service,
                        name,
                        description,
                        origin.version(),
                        origin.vendor(),
                        origin.spiVersion(),
                        Optional.of(realm.kind()),
                        State.LOADED,
                        origin.location(),
                        "",
                        capabilities));
    }

    private static List<Option<?>> checked(
            Object provider,
            String name,
            List<Option<?>> options,
            Optional<Path> taken,
            Set<String> reserved)
            throws BrokenPluginException {
        if (!name.matches("[a-z][a-z0-9-]*")) {
            throw new BrokenPluginException(
                    "%s calls itself '%s'; a name is lower case letters, digits and hyphens"
                            .formatted(provider.getClass().getName(), name));
        }
        if (taken.isPresent()) {
            throw new BrokenPluginException(
                    "the name '%s' belongs to the plugin at %s already"
                            .formatted(name, taken.get()));
        }
        if (options == null) {
            throw new BrokenPluginException(
                    "the provider '%s' gives null for its options".formatted(name));
        }
        var names = new HashSet<String>();
        for (Option<?> option : options) {
            if (!names.add(option.name()) || reserved.contains(option.name())) {
                throw new BrokenPluginException(
                        "%s declares the option '%s', which is taken already"
                                .formatted(provider.getClass().getName(), option.name()));
            }
        }
        return List.copyOf(options);
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
                : Optional.of(
                        Objects.requireNonNull(
                                provider.capabilities(Options.of(options, Map.of())),
                                "the provider gives null for its capabilities"));
    }

    private void failed(
            String name, Optional<RealmKind> kind, Origin origin, String reason, Throwable cause) {
        String sentence = origin.location() + ": " + reason;
        LOG.log(Level.WARNING, "plugin not loaded: " + sentence);
        LOG.log(Level.DEBUG, sentence, cause);
        entries.add(
                new PluginReport.Entry(
                        PluginService.BACKEND,
                        name,
                        "",
                        origin.version(),
                        origin.vendor(),
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
