package dev.andiron.kernel.plugin;

import dev.andiron.kernel.config.PluginCatalog;
import dev.andiron.spi.Option;
import dev.andiron.spi.composite.CompositeProvider;
import dev.andiron.spi.composite.CompositeProvider.OwnPart;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The installed plugins by name, and the report of what was found. Closed after the last backend.
 */
public final class Plugins implements PluginCatalog, AutoCloseable {
    private final Map<String, InstalledPlugin> byName;
    private final Map<String, InstalledInterceptor> interceptors;
    private final PluginReport report;
    private final List<Realm> realms;

    Plugins(
            Map<String, InstalledPlugin> byName,
            Map<String, InstalledInterceptor> interceptors,
            PluginReport report,
            List<Realm> realms) {
        this.byName = Map.copyOf(byName);
        this.interceptors = Map.copyOf(interceptors);
        this.report = report;
        this.realms = List.copyOf(realms);
    }

    /** Looks for plugins and loads them. Never fails: what is broken is in the report. */
    public static Plugins scan(PluginLocations locations) {
        return new PluginScan(Optional.ofNullable(PluginScan.layerOfSpi())).scan(locations);
    }

    public Optional<InstalledPlugin> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public Optional<InstalledInterceptor> findInterceptor(String name) {
        return Optional.ofNullable(interceptors.get(name));
    }

    @Override
    public List<String> interceptorNames() {
        return interceptors.keySet().stream().sorted().toList();
    }

    @Override
    public Optional<List<Option<?>>> interceptorOptions(String plugin) {
        return findInterceptor(plugin).map(InstalledInterceptor::options);
    }

    /** What was found, loaded or not. */
    public PluginReport report() {
        return report;
    }

    @Override
    public List<String> names() {
        return byName.keySet().stream().sorted().toList();
    }

    @Override
    public Optional<List<Option<?>>> options(String plugin) {
        return find(plugin).map(InstalledPlugin::options);
    }

    @Override
    public List<OwnPart> ownParts(String plugin) {
        return find(plugin)
                .map(InstalledPlugin::provider)
                .filter(CompositeProvider.class::isInstance)
                .map(provider -> ((CompositeProvider) provider).ownParts())
                .orElse(List.of());
    }

    @Override
    public Optional<String> failure(String plugin) {
        return report.failures().stream()
                .filter(entry -> entry.name().equals(plugin) || isNamed(entry.location(), plugin))
                .map(PluginReport.Entry::reason)
                .findFirst();
    }

    /** {@code sqlite}, {@code sqlite.jar} and {@code sqlite-1.0.jar} look like the plugin. */
    private static boolean isNamed(Path location, String plugin) {
        return location.getFileName()
                .toString()
                .matches(Pattern.quote(plugin) + "(-[0-9].*)?(\\.jar)?");
    }

    @Override
    public void close() {
        realms.forEach(Realm::close);
    }
}
