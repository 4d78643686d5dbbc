package dev.andiron.kernel.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.plugin.PluginReport.Entry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Plugins bring libraries that others have too, in other versions, and are gone when closed. */
class IsolationTest {
    /** Where the build puts Jackson, Netty, SLF4J with a binding and the AWS SDK, twice. */
    private static final Path LIBRARIES = Path.of(System.getProperty("plugin.libraries"));

    private static final int MOST_COLLECTIONS = 100;

    @TempDir private Path plugins;

    @Test
    void pluginsBringOtherVersionsOfWidespreadLibraries() throws IOException {
        for (String which : List.of("older", "newer")) {
            Path plugin = Files.createDirectories(plugins.resolve(which));
            FixtureJar.of("uses-libraries").pack(plugin.resolve("plugin.jar"));
            try (Stream<Path> jars = Files.list(LIBRARIES.resolve(which))) {
                for (Path jar : jars.toList()) {
                    Files.copy(jar, plugin.resolve(jar.getFileName()));
                }
            }
        }
        try (Plugins found = Plugins.scan(PluginLocations.of(plugins))) {
            assertEquals(
                    List.of(
                            "Jackson 2.22.4, Netty 4.2.10.Final, AWS 2.56.0, SLF4J by"
                                    + " org.slf4j.jul.JDK14LoggerFactory",
                            "Jackson 2.19.4, Netty 4.1.130.Final, AWS 2.26.4, SLF4J by"
                                    + " org.slf4j.impl.JDK14LoggerFactory"),
                    found.report().entries().stream()
                            .map(entry -> entry.description() + entry.reason())
                            .toList());
        }
    }

    /** Nothing of ours holds on to a plugin that was closed. */
    @ParameterizedTest
    @ValueSource(strings = {"good-module", "good-loader"})
    void aClosedPluginLeavesNothingBehind(String fixture) throws IOException {
        FixtureJar.of(fixture).pack(plugins.resolve("plugin.jar"));
        WeakReference<ClassLoader> loader = usedAndClosed();
        for (int i = 0; i < MOST_COLLECTIONS && loader.get() != null; i++) {
            System.gc();
        }
        assertEquals(null, loader.get(), "the plugin's loader is still held");
    }

    /** In a method of its own, so that none of its variables lives on. */
    private WeakReference<ClassLoader> usedAndClosed() {
        try (Plugins found = Plugins.scan(PluginLocations.of(plugins))) {
            Entry entry = found.report().entries().getFirst();
            InstalledPlugin plugin = found.find(entry.name()).orElseThrow();
            var backend =
                    Guard.around(
                            dev.andiron.spi.Backend.class,
                            plugin.provider().open(null),
                            "main",
                            plugin.loader(),
                            CallListener.NONE);
            assertTrue(backend.resources().isEmpty());
            backend.close();
            return new WeakReference<>(plugin.loader());
        }
    }
}
