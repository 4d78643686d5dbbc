package dev.andiron.kernel.plugin;

import dev.andiron.spi.BackendProvider;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.InvalidModuleDescriptorException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipFile;

/**
 * What a jar says of itself, read without running any of its code.
 *
 * @param path where it is
 * @param module its module descriptor, if it is an explicit module
 * @param listsProvider whether it has a services file for one of the {@link PluginService}s
 * @param manifest its main attributes
 */
record PluginJar(
        Path path, Optional<ModuleDescriptor> module, boolean listsProvider, Attributes manifest) {

    private static final String PROVIDER = BackendProvider.class.getName();

    /** Reads a jar, and refuses one that cannot be read or that brings the SPI along. */
    static PluginJar read(Path path) throws BrokenPluginException {
        try (var jar = new JarFile(path.toFile(), false, ZipFile.OPEN_READ, Runtime.version())) {
            Optional<ModuleDescriptor> module = module(jar);
            if (jar.getEntry(PROVIDER.replace('.', '/') + ".class") != null
                    || module.filter(own -> own.name().equals(SpiVersion.MODULE)).isPresent()) {
                throw new BrokenPluginException(
                        ("%s contains the SPI, which the server lends; leave %s out of the plugin"
                                        + " (scope 'provided')")
                                .formatted(path.getFileName(), SpiVersion.MODULE));
            }
            Manifest manifest = jar.getManifest();
            return new PluginJar(
                    path,
                    module,
                    Arrays.stream(PluginService.values())
                            .anyMatch(service -> jar.getEntry(service.file()) != null),
                    manifest == null ? new Attributes() : manifest.getMainAttributes());
        } catch (IOException unreadable) {
            throw new BrokenPluginException(
                    "%s cannot be read: %s".formatted(path.getFileName(), unreadable.getMessage()),
                    unreadable);
        }
    }

    private static Optional<ModuleDescriptor> module(JarFile jar)
            throws IOException, BrokenPluginException {
        var entry = jar.getJarEntry("module-info.class");
        if (entry == null) {
            return Optional.empty();
        }
        try (InputStream in = jar.getInputStream(entry)) {
            return Optional.of(ModuleDescriptor.read(in));
        } catch (InvalidModuleDescriptorException invalid) {
            throw new BrokenPluginException(
                    "the module descriptor of %s cannot be read by Java %d: %s"
                            .formatted(
                                    Path.of(jar.getName()).getFileName(),
                                    Runtime.version().feature(),
                                    invalid.getMessage()),
                    invalid);
        }
    }

    /** Whether it is an explicit module that provides a backend or an interceptor. */
    boolean isModularPlugin() {
        return module.isPresent()
                && module.get().provides().stream()
                        .anyMatch(provides -> PluginService.provides(provides.service()));
    }

    /** The SPI version that it was compiled against, as the compiler or its author recorded it. */
    Optional<String> spiVersion() {
        return module.flatMap(PluginJar::compiledAgainst)
                .or(() -> Optional.ofNullable(manifest.getValue("Andiron-Spi-Version")));
    }

    private static Optional<String> compiledAgainst(ModuleDescriptor module) {
        return module.requires().stream()
                .filter(requires -> requires.name().equals(SpiVersion.MODULE))
                .findFirst()
                .flatMap(ModuleDescriptor.Requires::rawCompiledVersion);
    }

    /** Who made it, empty when it does not say. */
    String vendor() {
        return Optional.ofNullable(manifest.getValue(Attributes.Name.IMPLEMENTATION_VENDOR))
                .orElse("");
    }

    /** Its own version, empty when it does not say. */
    String version() {
        return module.flatMap(ModuleDescriptor::rawVersion)
                .or(
                        () ->
                                Optional.ofNullable(
                                        manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION)))
                .orElse("");
    }
}
