package dev.andiron.kernel.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the boot layer of the process means for plugins: each test starts a process of its own. */
class BootLayerTest {
    @TempDir private Path temporary;

    private Path library(String which) throws IOException {
        return FixtureJar.library("library-" + which)
                .pack(temporary.resolve("libraries/library-" + which + ".jar"));
    }

    private Path plugins() {
        return temporary.resolve("plugins");
    }

    private List<String> scan(List<Path> modulePath, String... options)
            throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        if (!modulePath.isEmpty()) {
            command.addAll(List.of("--module-path", join(modulePath)));
        }
        command.addAll(
                List.of(
                        "--class-path",
                        join(
                                List.of(
                                        FixtureJar.place(Plugins.class),
                                        FixtureJar.place(ForkedScan.class),
                                        FixtureJar.spi())),
                        ForkedScan.class.getName(),
                        plugins().toString()));
        Path errors = temporary.resolve("errors");
        Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        List<String> lines = process.inputReader().lines().toList();
        assertEquals(0, process.waitFor(), () -> lines + " " + read(errors));
        assertEquals(
                "",
                read(errors)
                        .lines()
                        .filter(line -> line.contains("native"))
                        .toList()
                        .toString()
                        .replace("[]", ""));
        return lines;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    private static String join(List<Path> paths) {
        return String.join(File.pathSeparator, paths.stream().map(Path::toString).toList());
    }

    /** The platform loader hands out the classes of named modules; ours does not. */
    @Test
    void aLoaderIsolatesFromAFatBootLayer() throws IOException, InterruptedException {
        Path one = library("one");
        Path two = library("two");
        Path plugin = plugins().resolve("bare");
        FixtureJar.of("uses-library-loader").against(two).pack(plugin.resolve("plugin.jar"));
        Files.copy(two, plugin.resolve("library.jar"));
        assertEquals(
                List.of("bare | class loader | library-2 | a fixture"),
                scan(
                        List.of(FixtureJar.spi(), one),
                        "--add-modules=dev.andiron.spi,library",
                        "--enable-native-access=ALL-UNNAMED"));
    }

    /** An automatic module reads all modules of its layer and of the parents. */
    @Test
    void automaticModulesNeedANarrowBootLayer() throws IOException, InterruptedException {
        Path one = library("one");
        Path two = library("two");
        Path automatic =
                FixtureJar.library("automatic")
                        .against(two)
                        .pack(temporary.resolve("libraries/automatic.jar"));
        Path plugin = plugins().resolve("modular");
        FixtureJar.of("uses-automatic").against(automatic).pack(plugin.resolve("plugin.jar"));
        Files.copy(two, plugin.resolve("library.jar"));
        Files.copy(automatic, plugin.resolve("automatic.jar"));
        List<String> narrow =
                scan(
                        List.of(FixtureJar.spi()),
                        "--add-modules=dev.andiron.spi",
                        "--enable-native-access=ALL-UNNAMED");
        assertEquals(List.of("modular | module layer | usesautomatic | library 2"), narrow);
        List<String> fat =
                scan(
                        List.of(FixtureJar.spi(), one),
                        "--add-modules=dev.andiron.spi,library",
                        "--enable-native-access=ALL-UNNAMED");
        assertEquals(1, fat.size());
        assertTrue(fat.getFirst().contains("more than one module named library"), fat::toString);
    }

    @Test
    void aModuleOfTheJdkThatTheProcessLacksIsNamed() throws IOException, InterruptedException {
        FixtureJar.of("good-module").pack(plugins().resolve("plugin.jar"));
        List<String> lines =
                scan(
                        List.of(FixtureJar.spi()),
                        "--limit-modules=java.base,java.logging,dev.andiron.spi",
                        "--add-modules=dev.andiron.spi",
                        "--enable-native-access=ALL-UNNAMED");
        assertTrue(lines.getFirst().contains("Module java.sql not found"), lines::toString);
    }

    /** Where nothing is on the module path, modular plugins run in loaders. */
    @Test
    void theSpiOnTheClassPathIsEnough() throws IOException, InterruptedException {
        FixtureJar.of("good-loader").pack(plugins().resolve("plugin.jar"));
        List<String> lines = scan(List.of(), "--enable-native-access=ALL-UNNAMED");
        assertEquals(
                List.of(
                        "plugin.jar | class loader | goodloader | unnamed, own context loader true,"
                                + " sees the kernel false, sees JUnit false, SQL true"),
                lines);
    }

    /** Why plugins make their driver themselves: the manager looks for drivers once. */
    @Test
    void theDriverManagerServesOnlyWhoeverComesFirst() throws IOException, InterruptedException {
        for (String which : List.of("one", "two")) {
            Path library = library(which);
            Path plugin = plugins().resolve(which);
            FixtureJar.of("driver").against(library).pack(plugin.resolve("plugin.jar"));
            Files.copy(library, plugin.resolve("library.jar"));
        }
        List<String> lines =
                scan(
                        List.of(FixtureJar.spi()),
                        "--add-modules=dev.andiron.spi",
                        "--enable-native-access=ALL-UNNAMED");
        assertEquals(
                List.of(
                        "one | class loader | driver-1 | manager: the driver was found; own: the"
                                + " driver was found",
                        "two | class loader | driver-2 | manager: No suitable driver found for"
                                + " jdbc:fixture-2; own: the driver was found"),
                lines);
    }
}
