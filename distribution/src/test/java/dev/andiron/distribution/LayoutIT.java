package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** What lies where in the distribution. */
class LayoutIT {
    private static final String SPI_CLASS = "dev/andiron/spi/BackendProvider.class";

    @Test
    void theSpiIsAloneOnTheModulePath() throws IOException {
        assertEquals(List.of("andiron-spi.jar"), names(Distribution.home().resolve("boot")));
        ModuleReference spi =
                ModuleFinder.of(Distribution.home().resolve("boot"))
                        .find("dev.andiron.spi")
                        .orElseThrow();
        assertFalse(spi.descriptor().isAutomatic());
        assertTrue(spi.descriptor().version().isPresent());
    }

    @Test
    void noOtherJarHoldsTheSpi() throws IOException {
        var wrong = new ArrayList<Path>();
        for (Path jar : jars(Distribution.home())) {
            if (!jar.endsWith(Path.of("boot", "andiron-spi.jar")) && holds(jar, SPI_CLASS)) {
                wrong.add(jar);
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void noPluginHasTwoJarsOfOneModule() throws IOException {
        for (Path plugin : plugins()) {
            var jarOfModule = new HashMap<String, Path>();
            for (Path jar : jars(plugin)) {
                for (ModuleReference module : ModuleFinder.of(jar).findAll()) {
                    Path other = jarOfModule.put(module.descriptor().name(), jar);
                    assertEquals(null, other, () -> jar + " and " + other + " are one module");
                }
            }
        }
    }

    @Test
    void eachPluginIsAModuleWithItsLibraries() throws IOException {
        assertEquals(
                List.of("elasticsearch", "postgres", "s3", "s3-elasticsearch", "sqlite"),
                plugins().stream().map(plugin -> plugin.getFileName().toString()).toList());
        for (Path plugin : plugins()) {
            ModuleFinder modules = ModuleFinder.of(plugin);
            Set<ModuleReference> providers =
                    modules.findAll().stream()
                            .filter(
                                    module ->
                                            module.descriptor().provides().stream()
                                                    .anyMatch(
                                                            provides ->
                                                                    provides.service()
                                                                            .equals(
                                                                                    "dev.andiron.spi"
                                                                                        + ".BackendProvider")))
                            .collect(Collectors.toSet());
            assertEquals(1, providers.size(), plugin::toString);
            // The version of the SPI that it was compiled against is there to be read.
            assertTrue(
                    providers.iterator().next().descriptor().requires().stream()
                            .anyMatch(
                                    requires ->
                                            requires.name().equals("dev.andiron.spi")
                                                    && requires.compiledVersion().isPresent()));
        }
        assertTrue(
                names(Distribution.home().resolve("plugins/sqlite")).stream()
                        .anyMatch(name -> name.startsWith("sqlite-jdbc-")));
    }

    /** So that no start has to copy it out of the driver. */
    @Test
    void sqliteLiesBesideItsPluginForTheSystemsInUse() throws IOException {
        Path libraries = Distribution.home().resolve("plugins/sqlite/native");
        try (Stream<Path> files = Files.walk(libraries)) {
            assertEquals(
                    List.of(
                            "Linux/aarch64/libsqlitejdbc.so",
                            "Linux/x86_64/libsqlitejdbc.so",
                            "Mac/aarch64/libsqlitejdbc.dylib",
                            "Mac/x86_64/libsqlitejdbc.dylib",
                            "Windows/aarch64/sqlitejdbc.dll",
                            "Windows/x86_64/sqlitejdbc.dll"),
                    files.filter(Files::isRegularFile)
                            .map(file -> libraries.relativize(file).toString().replace('\\', '/'))
                            .sorted()
                            .toList());
        }
    }

    @Test
    void libHoldsTheServerAndNoPlugin() throws IOException {
        List<String> lib = names(Distribution.home().resolve("lib"));
        for (String wanted : List.of("andiron-server-", "andiron-kernel-", "andiron-fhir-")) {
            assertEquals(1, lib.stream().filter(name -> name.startsWith(wanted)).count(), wanted);
        }
        for (String banned :
                List.of(
                        "andiron-sql",
                        "andiron-tck",
                        "andiron-spi",
                        "sqlite-jdbc",
                        "junit",
                        "hapi-fhir-client")) {
            assertEquals(List.of(), lib.stream().filter(name -> name.startsWith(banned)).toList());
        }
    }

    @Test
    void theArchivesHoldTheFolder() throws IOException {
        Path zip = Distribution.home().resolveSibling(Distribution.home().getFileName() + ".zip");
        var archived = new TreeSet<String>();
        try (var file = new ZipFile(zip.toFile())) {
            file.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .map(name -> name.substring(name.indexOf('/') + 1))
                    .forEach(archived::add);
        }
        var folder = new TreeSet<String>();
        try (Stream<Path> files = Files.walk(Distribution.home())) {
            files.filter(Files::isRegularFile)
                    .map(file -> Distribution.home().relativize(file).toString())
                    // What the command prepare made here is of this machine's Java alone.
                    .filter(file -> !file.startsWith("cache/"))
                    .forEach(folder::add);
        }
        assertEquals(folder, archived);
        assertTrue(
                folder.containsAll(
                        List.of(
                                "LICENSE",
                                "NOTICE",
                                "README.md",
                                "bin/andiron",
                                "bin/andiron.bat",
                                "conf/andiron.yaml",
                                "conf/jvm.options",
                                "conf/logging.properties",
                                "plugins/README.txt")),
                folder::toString);
    }

    private static List<Path> plugins() throws IOException {
        try (Stream<Path> entries = Files.list(Distribution.home().resolve("plugins"))) {
            return entries.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static List<Path> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static boolean holds(Path jar, String entry) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            return file.getEntry(entry) != null;
        }
    }
}
