package dev.andiron.kernel.plugin;

import dev.andiron.kernel.config.PluginCatalog;
import dev.andiron.spi.Option;
import dev.andiron.spi.composite.CompositeProvider;
import dev.andiron.spi.composite.CompositeProvider.OwnPart;

import java.util.List;
import java.util.Optional;

/**
 * The installed plugins by name, and the report of what was found. Closed after the last backend.
 * Safe for use by many threads.
 */
public final class Plugins implements PluginCatalog, AutoCloseable {
    private final PluginScan scan;

    private Plugins(PluginScan scan) {
        this.scan = scan;
    }

    /** Looks for plugins and loads them. Never fails: what is broken is in the report. */
    public static Plugins scan(PluginLocations locations) {
        return scan(locations, Optional.ofNullable(PluginScan.layerOfSpi()));
    }

    static Plugins scan(PluginLocations locations, Optional<ModuleLayer> layerOfSpi) {
        var scan = new PluginScan(layerOfSpi, locations);
        scan.complete();
        return new Plugins(scan);
    }

    /**
     * Looks for plugins when they are asked for: one by the name of its folder or jar, if there is
     * one of that name, and all of them as soon as anybody asks for more than a backend's plugin
     * that is found so. A server that needs one plugin starts sooner then.
     */
    public static Plugins lazily(PluginLocations locations) {
        return new Plugins(new PluginScan(Optional.ofNullable(PluginScan.layerOfSpi()), locations));
    }

    public Optional<InstalledPlugin> find(String name) {
        return scan.find(name);
    }

    public Optional<InstalledInterceptor> findInterceptor(String name) {
        return Optional.ofNullable(scan.interceptors().get(name));
    }

    @Override
    public List<String> interceptorNames() {
        return scan.interceptors().keySet().stream().sorted().toList();
    }

    @Override
    public Optional<List<Option<?>>> interceptorOptions(String plugin) {
        return findInterceptor(plugin).map(InstalledInterceptor::options);
    }

    /** What was found, loaded or not. */
    public PluginReport report() {
        return scan.report();
    }

    @Override
    public List<String> names() {
        return scan.all().keySet().stream().sorted().toList();
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
        return report().failures().stream()
                .filter(
                        entry ->
                                entry.name().equals(plugin)
                                        || PluginScan.isNamed(entry.location(), plugin))
                .map(PluginReport.Entry::reason)
                .findFirst();
    }

    @Override
    public void close() {
        scan.close();
    }
}
