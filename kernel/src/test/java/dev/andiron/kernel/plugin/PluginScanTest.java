package dev.andiron.kernel.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.plugin.PluginReport.Entry;
import dev.andiron.kernel.plugin.PluginReport.State;
import dev.andiron.spi.StorageException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Loads plugins that are good and plugins that are broken in every way we know. Runs with the SPI
 * as a named module, as the distribution does.
 */
class PluginScanTest {
    private static final String OURS = SpiVersion.OURS.text();

    @TempDir private Path temporary;
    private Path plugins;

    @BeforeEach
    void makeFolder() throws IOException {
        plugins = Files.createDirectory(temporary.resolve("plugins"));
        assertNotNull(PluginScan.layerOfSpi(), "these tests need the SPI on the module path");
    }

    private PluginReport scan() {
        try (Plugins found = Plugins.scan(PluginLocations.of(plugins))) {
            return found.report();
        }
    }

    private Entry scanOne() {
        List<Entry> entries = scan().entries();
        assertEquals(1, entries.size(), entries::toString);
        return entries.getFirst();
    }

    private Entry failure(String... words) {
        Entry entry = scanOne();
        assertEquals(State.FAILED, entry.state(), entry::toString);
        assertTrue(entry.reason().startsWith(entry.location() + ": "), entry::reason);
        for (String word : words) {
            assertTrue(entry.reason().contains(word), () -> word + " in " + entry.reason());
        }
        return entry;
    }

    private Path library(String which) throws IOException {
        return FixtureJar.library("library-" + which)
                .pack(temporary.resolve("library-" + which + ".jar"));
    }

    private static void copy(Path file, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.copy(file, folder.resolve(file.getFileName()));
    }

    // Good ones

    @Test
    void aModuleGetsALayerWithNativeAccessAndTheWholeJdk() throws IOException {
        FixtureJar.of("good-module").version("1.2.3").pack(plugins.resolve("good/good.jar"));
        Entry entry = scanOne();
        assertEquals(
                "module good.module, native access true, own context loader true, SQL is"
                        + " there",
                entry.description() + entry.reason());
        assertEquals(State.LOADED, entry.state());
        assertEquals(Optional.of(RealmKind.LAYER), entry.realm());
        assertEquals("goodmodule", entry.name());
        assertEquals("1.2.3", entry.version());
        assertEquals(OURS, entry.spiVersion());
        assertEquals(plugins.resolve("good"), entry.location());
        assertTrue(entry.capabilities().orElseThrow().store());
    }

    @Test
    void aBareJarGetsALoaderThatSeesTheJdkAndTheSpiAlone() throws IOException {
        FixtureJar.of("good-loader")
                .manifest("Andiron-Spi-Version", OURS)
                .manifest("Implementation-Version", "7")
                .pack(plugins.resolve("good.jar"));
        Entry entry = scanOne();
        assertEquals(
                "unnamed, own context loader true, sees the kernel false, sees JUnit false, SQL"
                        + " true",
                entry.description() + entry.reason());
        assertEquals(Optional.of(RealmKind.LOADER), entry.realm());
        assertEquals("7", entry.version());
        assertEquals(OURS, entry.spiVersion());
    }

    @Test
    void aPluginThatDoesNotSayItsSpiVersionIsLoaded() throws IOException {
        FixtureJar.of("good-loader").pack(plugins.resolve("good.jar"));
        assertEquals(State.LOADED, scanOne().state());
    }

    @Test
    void withTheSpiOnTheClassPathEveryRealmIsALoader() throws IOException {
        FixtureJar.of("good-loader").pack(plugins.resolve("good.jar"));
        FixtureJar.of("good-module")
                .with(
                        "META-INF/services/dev.andiron.spi.BackendProvider",
                        "goodmodule.GoodModule".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .pack(plugins.resolve("module.jar"));
        try (Plugins found = Plugins.scan(PluginLocations.of(plugins), Optional.empty())) {
            assertEquals(List.of("goodloader", "goodmodule"), found.names());
            found.report()
                    .entries()
                    .forEach(entry -> assertEquals(Optional.of(RealmKind.LOADER), entry.realm()));
        }
    }

    @Test
    void twoVersionsOfOneLibraryLiveSideBySide() throws IOException {
        Path one = library("one");
        Path two = library("two");
        copy(one, plugins.resolve("first"));
        FixtureJar.of("uses-library-module").against(one).pack(plugins.resolve("first/plugin.jar"));
        copy(two, plugins.resolve("second"));
        FixtureJar.of("uses-library-module")
                .against(two)
                .pack(plugins.resolve("second/plugin.jar"));
        List<Entry> entries = scan().entries();
        assertEquals(List.of("library-1", "library-2"), entries.stream().map(Entry::name).toList());
        entries.forEach(entry -> assertEquals(Optional.of(RealmKind.LAYER), entry.realm()));
    }

    @Test
    void everyModuleOfTheFolderIsARoot() throws IOException {
        Path library = library("one");
        Path automatic =
                FixtureJar.library("automatic")
                        .against(library)
                        .pack(temporary.resolve("automatic.jar"));
        copy(library, plugins.resolve("one"));
        copy(automatic, plugins.resolve("one"));
        FixtureJar.of("uses-automatic").against(automatic).pack(plugins.resolve("one/plugin.jar"));
        Entry entry = scanOne();
        assertEquals("library 1", entry.description() + entry.reason());
        assertEquals(Optional.of(RealmKind.LAYER), entry.realm());
    }

    @Test
    void aFatJarWithSomebodyElsesDescriptorIsNoModularPlugin() throws IOException {
        byte[] foreign = FixtureJar.entry(library("one"), "module-info.class");
        FixtureJar.of("good-loader")
                .with("module-info.class", foreign)
                .pack(plugins.resolve("fat.jar"));
        Entry entry = scanOne();
        assertEquals(State.LOADED, entry.state(), entry::reason);
        assertEquals(Optional.of(RealmKind.LOADER), entry.realm());
    }

    @ParameterizedTest
    @CsvSource({"9lives-1.0.jar", "acme_class-1.jar", "a.native.b.jar"})
    void fileNamesThatGiveNoModuleNameStopALayerAndNotALoader(String name) throws IOException {
        copy(FixtureJar.library("no-provider").pack(temporary.resolve(name)), plugins.resolve("a"));
        FixtureJar.of("good-loader").pack(plugins.resolve("a/plugin.jar"));
        assertEquals(State.LOADED, scanOne().state());

        Files.delete(plugins.resolve("a/plugin.jar"));
        FixtureJar.of("good-module").pack(plugins.resolve("a/plugin.jar"));
        failure("Unable to derive module descriptor", name);
    }

    @Test
    void namesSwitchPluginsOffAndOtherFilesArePassedOver() throws IOException {
        Path jar = FixtureJar.of("good-loader").pack(plugins.resolve("on.jar"));
        Files.copy(jar, plugins.resolve("off.jar.disabled"));
        Files.copy(jar, plugins.resolve(".hidden.jar"));
        copy(jar, plugins.resolve("off.disabled"));
        Files.writeString(plugins.resolve("README.txt"), "how to add one");
        Files.createDirectories(plugins.resolve("folder/deeper"));
        Files.copy(jar, plugins.resolve("folder/deeper/passed-over.jar"));
        List<Entry> entries = scan().entries();
        assertEquals(2, entries.size(), entries::toString);
        assertTrue(entries.get(0).reason().endsWith("folder: the folder holds no jar"));
        assertEquals("goodloader", entries.get(1).name());
    }

    @Test
    void aFolderThatDoesNotExistHoldsNothing() {
        try (Plugins found = Plugins.scan(PluginLocations.of(temporary.resolve("none")))) {
            assertEquals(List.of(), found.report().entries());
        }
    }

    // Broken ones

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    no-provider        | no jar provides a backend
                    constructor-throws | no licence found
                    initializer-throws | seven
                    bad-services       | Illegal
                    absent-provider    | absentprovider.Gone not found
                    not-a-provider     | not a subtype
                    bad-name           | 'Bad Name'
                    options-twice      | option 'url'
                    """)
    void aBrokenPluginIsReportedWithItsReason(String fixture, String word) throws IOException {
        FixtureJar.of(fixture).pack(plugins.resolve(fixture + ".jar"));
        failure(word);
    }

    @Test
    void oneBadProviderDoesNotHideItsNeighbours() throws IOException {
        FixtureJar.of("neighbours").pack(plugins.resolve("neighbours.jar"));
        List<Entry> entries = scan().entries();
        assertEquals(
                List.of(State.FAILED, State.FAILED, State.LOADED),
                entries.stream().map(Entry::state).toList());
        assertTrue(entries.get(0).reason().contains("cannot remember"));
        assertTrue(entries.get(1).reason().contains("neighbours.Gone"));
        assertEquals("sound", entries.get(2).name());
    }

    @Test
    void aMissingDependencyStopsALayerAtOnce() throws IOException {
        FixtureJar.of("uses-library-module")
                .against(library("one"))
                .pack(plugins.resolve("lonely.jar"));
        failure("Module library not found");
    }

    @Test
    void aMissingDependencyStopsALoaderAtItsFirstUse() throws IOException {
        FixtureJar.of("late-loader").against(library("one")).pack(plugins.resolve("late.jar"));
        try (Plugins found = Plugins.scan(PluginLocations.of(plugins))) {
            InstalledPlugin late = found.find("lateloader").orElseThrow();
            var failed =
                    assertThrows(StorageException.Internal.class, () -> late.provider().open(null));
            assertTrue(failed.getCause() instanceof NoClassDefFoundError, failed::toString);
        }
    }

    @Test
    void twoJarsWithOneModuleNameStopALayerAndNotALoader() throws IOException {
        Path one = library("one");
        Path two = library("two");
        copy(one, plugins.resolve("a"));
        copy(two, plugins.resolve("a"));
        FixtureJar.of("uses-library-module").against(one).pack(plugins.resolve("a/plugin.jar"));
        failure("Two versions of module library");

        Files.delete(plugins.resolve("a/plugin.jar"));
        FixtureJar.of("uses-library-loader").against(one).pack(plugins.resolve("a/plugin.jar"));
        assertEquals("library-1", scanOne().name());
    }

    @ParameterizedTest
    @CsvSource({"good-module", "good-loader"})
    void aBundledSpiIsRefusedInsteadOfVanishing(String fixture) throws IOException {
        FixtureJar.of(fixture).pack(plugins.resolve("a/plugin.jar"));
        Path spi =
                FixtureJar.library("no-provider")
                        .with("dev/andiron/spi/BackendProvider.class", new byte[] {1})
                        .pack(plugins.resolve("a/andiron-spi.jar"));
        failure(spi.getFileName().toString(), "contains the SPI");
    }

    @ParameterizedTest
    @CsvSource({"major,99.0.0", "minor,0.99.0"})
    void anotherMajorAndANewerMinorOfTheSpiAreRefusedBeforeAnyCodeRuns(String what, String version)
            throws IOException {
        Path spi = FixtureJar.spiOfVersion(version, temporary.resolve("spi-" + what));
        FixtureJar.of("good-module").withSpi(spi).pack(plugins.resolve("module.jar"));
        Entry entry = failure("compiled against SPI " + version, "this server has SPI " + OURS);
        assertEquals(version, entry.spiVersion());

        Files.delete(plugins.resolve("module.jar"));
        FixtureJar.of("constructor-throws")
                .manifest("Andiron-Spi-Version", version)
                .pack(plugins.resolve("bare.jar"));
        failure("compiled against SPI " + version, "this server has SPI " + OURS);
    }

    @Test
    void anOlderMinorOfTheSpiIsFine() throws IOException {
        assertTrue(SpiVersion.parse("3.1.0").orElseThrow().runsOn(version("3.2")));
        assertTrue(SpiVersion.parse("3.2.9").orElseThrow().runsOn(version("3.2.0")));
        assertEquals(false, version("3.3.0").runsOn(version("3.2.9")));
        assertEquals(false, version("2.0.0").runsOn(version("3.2.9")));
        assertEquals(Optional.empty(), SpiVersion.parse("three"));
    }

    private static SpiVersion version(String text) {
        return SpiVersion.parse(text).orElseThrow();
    }

    @Test
    void aTruncatedJarIsReported() throws IOException {
        Path jar = FixtureJar.of("good-loader").pack(plugins.resolve("cut.jar"));
        byte[] whole = Files.readAllBytes(jar);
        Files.write(jar, Arrays.copyOf(whole, whole.length / 2));
        failure("cut.jar cannot be read");
    }

    @Test
    void classesForANewerJavaAreReported() throws IOException {
        FixtureJar.of("good-loader").classFileVersion(90).pack(plugins.resolve("new.jar"));
        failure("class file version 90");

        Files.delete(plugins.resolve("new.jar"));
        FixtureJar.of("good-module").classFileVersion(90).pack(plugins.resolve("new.jar"));
        failure("the module descriptor of new.jar cannot be read by Java");
    }

    @Test
    void aNameBelongsToTheFirstPluginThatBringsIt() throws IOException {
        Path first = FixtureJar.of("good-loader").pack(plugins.resolve("a.jar"));
        Path second = plugins.resolve("b.jar");
        Files.copy(first, second);
        List<Entry> entries = scan().entries();
        assertEquals(State.LOADED, entries.get(0).state());
        assertEquals(
                second + ": the name 'goodloader' belongs to the plugin at " + first + " already",
                entries.get(1).reason());
        assertEquals("goodloader", entries.get(1).name());
    }

    @Test
    void aBrokenPluginStopsOnlyItself() throws IOException {
        FixtureJar.of("constructor-throws").pack(plugins.resolve("a.jar"));
        FixtureJar.of("good-loader").pack(plugins.resolve("b.jar"));
        FixtureJar.of("bad-services").pack(plugins.resolve("c.jar"));
        FixtureJar.of("good-module").pack(plugins.resolve("d.jar"));
        try (Plugins found = Plugins.scan(PluginLocations.of(plugins))) {
            assertEquals(List.of("goodloader", "goodmodule"), found.names());
            assertEquals(2, found.report().failures().size());
            assertTrue(found.failure("a").orElseThrow().contains("no licence found"));
            assertEquals(Optional.empty(), found.failure("b"));
        }
    }

    @Test
    void whoAsksForOnePluginByTheNameOfItsFileWaitsForNoOther() throws IOException {
        FixtureJar.of("good-loader").pack(plugins.resolve("goodloader-1.0.jar"));
        Path broken = plugins.resolve("a.jar");
        FixtureJar.of("constructor-throws").pack(broken);
        try (Plugins found = Plugins.lazily(PluginLocations.of(plugins))) {
            assertTrue(found.find("goodloader").isPresent());
            // What nobody has looked at can go unnoticed.
            Files.delete(broken);
            assertEquals(1, found.report().entries().size());
        }
    }

    @Test
    void whatIsNotFoundByTheNameOfAFileIsFoundAllTheSame() throws IOException {
        FixtureJar.of("good-loader").pack(plugins.resolve("b.jar"));
        FixtureJar.of("constructor-throws").pack(plugins.resolve("goodloader.jar"));
        FixtureJar.of("good-module").pack(plugins.resolve("d.jar"));
        try (Plugins found = Plugins.lazily(PluginLocations.of(plugins))) {
            assertTrue(found.find("goodloader").isPresent());
            assertEquals(List.of("goodloader", "goodmodule"), found.names());
            assertEquals(1, found.report().failures().size());
            assertEquals(Optional.empty(), found.find("nobody"));
        }
    }

    @Test
    void twoScansShareNothing() throws IOException {
        FixtureJar.of("good-module").pack(plugins.resolve("good.jar"));
        try (Plugins first = Plugins.scan(PluginLocations.of(plugins));
                Plugins second = Plugins.scan(PluginLocations.of(plugins))) {
            assertNotSame(
                    first.find("goodmodule").orElseThrow().loader(),
                    second.find("goodmodule").orElseThrow().loader());
        }
    }
}
