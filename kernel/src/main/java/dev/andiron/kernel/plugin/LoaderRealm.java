package dev.andiron.kernel.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Spliterator;

/** A class loader over the JDK and the SPI alone. */
record LoaderRealm(URLClassLoader loader) implements Realm {

    static LoaderRealm of(String name, List<Path> jars) {
        URL[] urls = jars.stream().map(LoaderRealm::url).toArray(URL[]::new);
        return new LoaderRealm(new URLClassLoader(name, urls, NarrowLoader.INSTANCE));
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    @Override
    public RealmKind kind() {
        return RealmKind.LOADER;
    }

    /** A search of a loader goes on in its parents' modules, which are not this plugin's. */
    @Override
    public <T> Spliterator<ServiceLoader.Provider<T>> providers(Class<T> service) {
        return ServiceLoader.load(service, loader).stream()
                .filter(provider -> provider.type().getClassLoader() == loader)
                .spliterator();
    }

    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException notClosed) {
            throw new UncheckedIOException(notClosed);
        }
    }
}
