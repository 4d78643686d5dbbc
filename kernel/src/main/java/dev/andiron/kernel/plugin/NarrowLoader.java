package dev.andiron.kernel.plugin;

import dev.andiron.spi.BackendProvider;

import java.io.InputStream;
import java.lang.module.ModuleFinder;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The parent of isolated plugins: the JDK's packages and the SPI's, and no resources. The platform
 * loader alone would not isolate: it hands out the classes of every named module that the
 * application was started with.
 */
final class NarrowLoader extends ClassLoader {
    static final NarrowLoader INSTANCE = new NarrowLoader();

    private static final String SPI = BackendProvider.class.getPackageName();

    private final Set<String> packagesOfJdk =
            ModuleFinder.ofSystem().findAll().stream()
                    .flatMap(module -> module.descriptor().packages().stream())
                    .collect(Collectors.toUnmodifiableSet());

    private NarrowLoader() {
        super("jdk-and-spi", getPlatformClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        String packageName = name.substring(0, Math.max(0, name.lastIndexOf('.')));
        if (packageName.equals(SPI) || packageName.startsWith(SPI + ".")) {
            return BackendProvider.class.getClassLoader().loadClass(name);
        }
        if (packagesOfJdk.contains(packageName)) {
            return getPlatformClassLoader().loadClass(name);
        }
        throw new ClassNotFoundException(name);
    }

    @Override
    public URL getResource(String name) {
        return null;
    }

    @Override
    public Enumeration<URL> getResources(String name) {
        return Collections.emptyEnumeration();
    }

    @Override
    public Stream<URL> resources(String name) {
        return Stream.empty();
    }

    @Override
    public InputStream getResourceAsStream(String name) {
        return null;
    }
}
