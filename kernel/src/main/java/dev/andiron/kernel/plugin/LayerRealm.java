package dev.andiron.kernel.plugin;

import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.Spliterator;

/**
 * A module layer over the one that holds the SPI. The module system has resolved all of its
 * modules, so that a missing or doubled one is found now and not at first use.
 */
record LayerRealm(ModuleLayer layer, ClassLoader loader) implements Realm {

    /**
     * Resolves and defines the layer. Every module of the plugin is a root: an automatic module
     * names no requirements, so what only it uses would be left out otherwise.
     *
     * @throws java.lang.module.FindException if a module is missing or a jar is none
     * @throws java.lang.module.ResolutionException if modules contradict one another
     * @throws LayerInstantiationException if packages overlap
     */
    // A plugin may bring native code, as SQLite's driver does; the operator installed it.
    @SuppressWarnings("restricted")
    static LayerRealm of(ModuleLayer parent, List<Path> jars) {
        ModuleFinder[] finders = jars.stream().map(ModuleFinder::of).toArray(ModuleFinder[]::new);
        Set<String> roots = names(jars, finders);
        Configuration resolved =
                parent.configuration()
                        .resolve(ModuleFinder.compose(finders), ModuleFinder.of(), roots);
        ModuleLayer.Controller controller =
                ModuleLayer.defineModulesWithOneLoader(
                        resolved, List.of(parent), ClassLoader.getPlatformClassLoader());
        ModuleLayer layer = controller.layer();
        if (LayerRealm.class.getModule().isNativeAccessEnabled()) {
            layer.modules().forEach(controller::enableNativeAccess);
        }
        ClassLoader loader = layer.modules().iterator().next().getClassLoader();
        return new LayerRealm(layer, loader);
    }

    /** The names of all modules; a finder of several jars would pass over a second of one name. */
    private static Set<String> names(List<Path> jars, ModuleFinder[] finders) {
        var places = new HashMap<String, Path>();
        for (int i = 0; i < finders.length; i++) {
            for (ModuleReference module : finders[i].findAll()) {
                String name = module.descriptor().name();
                Path jar = jars.get(i).getFileName();
                Path other = places.put(name, jar);
                if (other != null) {
                    throw new FindException(
                            "Two versions of module %s found, in %s and %s"
                                    .formatted(name, other, jar));
                }
            }
        }
        return places.keySet();
    }

    @Override
    public RealmKind kind() {
        return RealmKind.LAYER;
    }

    /** A search of a layer goes on in its parents, whose providers are not this plugin's. */
    @Override
    public <T> Spliterator<ServiceLoader.Provider<T>> providers(Class<T> service) {
        return ServiceLoader.load(layer, service).stream()
                .filter(provider -> provider.type().getModule().getLayer() == layer)
                .spliterator();
    }
}
