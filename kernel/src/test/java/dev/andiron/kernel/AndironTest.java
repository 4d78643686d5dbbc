package dev.andiron.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.StartupException.ExitCode;
import dev.andiron.kernel.config.ConfigurationException;
import dev.andiron.kernel.config.ConfigurationSource;
import dev.andiron.kernel.plugin.CallListener;
import dev.andiron.kernel.plugin.PluginLocations;
import dev.andiron.kernel.plugin.PluginReport;
import dev.andiron.kernel.plugin.RealmKind;
import dev.andiron.spi.Health;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.tenant.Permission;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The assembled kernel over backends in memory. */
class AndironTest {
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    private static final ResourceKey KEY = new ResourceKey("Patient", "1");

    @TempDir private Path folder;
    private final List<String> calls = new ArrayList<>();

    @BeforeEach
    void forget() {
        MemoryProvider.EVENTS.clear();
    }

    private Andiron open(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("andiron.yaml"), yaml);
        CallListener listener =
                (backend, facet, operation, nanoseconds, failure) ->
                        calls.add(backend + " " + facet + "." + operation);
        Andiron.Prepared prepared =
                Andiron.prepare(
                        new ConfigurationSource(
                                Optional.of(file), Map.of(), Map.of(), folder.resolve("data")),
                        List.of(),
                        PluginLocations.of().withClassPath());
        return Andiron.open(
                prepared, InstantSource.system(), (_, _, _) -> List.of(), Map.of(), listener);
    }

    @Test
    void aServingBackendIsReachedThroughTheGuard() throws IOException {
        try (Andiron andiron = open("backends.main.plugin: memory")) {
            assertEquals("main", andiron.storage().name());
            assertEquals("memory", andiron.storage().plugin());
            assertEquals(Optional.empty(), andiron.storage().resources().read(TENANT, KEY));
            assertTrue(calls.contains("main ResourceStore.read"), calls::toString);
            assertEquals(Map.of("main", new Health.Up()), andiron.health());
            PluginReport.Entry entry = andiron.plugins().entries().getFirst();
            assertEquals(Optional.of(RealmKind.APPLICATION), entry.realm());
            assertTrue(Files.isDirectory(folder.resolve("data")));
        }
        assertEquals(List.of("open main", "close main"), MemoryProvider.EVENTS);
    }

    @Test
    void partsOpenFirstAndCloseLast() throws IOException {
        open("""
        backends:
          main: { plugin: memory, part: b }
          a: { plugin: memory }
          b: { plugin: memory, part: a }
        """)
                .close();
        assertEquals(
                List.of("open a", "open b", "open main", "close main", "close b", "close a"),
                MemoryProvider.EVENTS);
    }

    @Test
    void aBackendThatIsAPartOfItselfIsRefused() {
        var refused =
                assertThrows(
                        ConfigurationException.class,
                        () ->
                                open(
                                        """
                                        backends:
                                          main: { plugin: memory, part: b }
                                          b: { plugin: memory, part: main }
                                        """));
        assertTrue(refused.getMessage().contains("main -> b -> main"), refused::getMessage);
        assertEquals(List.of(), MemoryProvider.EVENTS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    unreachable | STORAGE       | nobody answers
                    stray       | STORAGE       | it has a defect (IllegalStateException): stray
                    picky       | CONFIGURATION | mood and part do not go together
                    liar        | STORAGE       | it declares versioning and has no facet for it
                    modest      | CONFIGURATION | it only searches; 'storage' names a backend that stores resources
                    storeless   | CONFIGURATION | it only searches; 'storage' names a backend that stores resources
                    """)
    void aServingBackendThatDoesNotOpenEndsTheStart(String mood, ExitCode exitCode, String reason) {
        var refused =
                assertThrows(
                        StartupException.class,
                        () ->
                                open(
                                        """
                                        backends:
                                          other: { plugin: memory }
                                          main: { plugin: memory, mood: %s }
                                        """
                                                .formatted(mood)));
        assertEquals(
                "the backend 'main' (plugin 'memory') cannot be opened: " + reason,
                refused.getMessage());
        assertEquals(exitCode, refused.exitCode());
        long opened = MemoryProvider.EVENTS.stream().filter(e -> e.equals("open other")).count();
        long closed = MemoryProvider.EVENTS.stream().filter(e -> e.equals("close other")).count();
        assertEquals(opened, closed);
    }

    @Test
    void anotherBackendThatDoesNotOpenIsOnlyReported() throws IOException {
        try (Andiron andiron =
                open(
                        """
                        backends:
                          main: { plugin: memory }
                          liar: { plugin: memory, mood: liar }
                          modest: { plugin: memory, mood: modest }
                          above: { plugin: memory, part: liar }
                        """)) {
            Map<String, Health> health = andiron.health();
            assertEquals(new Health.Up(), health.get("main"));
            assertEquals(
                    new Health.Down(
                            "the backend 'liar' (plugin 'memory') cannot be opened: it declares"
                                    + " versioning and has no facet for it"),
                    health.get("liar"));
            assertEquals(
                    new Health.Down(
                            "the backend 'modest' (plugin 'memory') cannot be opened: it has a"
                                    + " facet for a store and does not declare it"),
                    health.get("modest"));
            assertInstanceOf(Health.Down.class, health.get("above"));
        }
        assertTrue(MemoryProvider.EVENTS.contains("close liar"), "a refused backend is closed");
    }

    @Test
    void healthDoesNotWaitForABackendThatIsSilent() throws IOException {
        try (Andiron andiron =
                open(
                        """
                        backends:
                          main: { plugin: memory }
                          silent: { plugin: memory, mood: silent }
                          ailing: { plugin: memory, mood: ailing }
                        """)) {
            Map<String, Health> health = andiron.health();
            assertEquals(new Health.Up(), health.get("main"));
            assertInstanceOf(Health.Degraded.class, health.get("silent"));
            assertInstanceOf(Health.Down.class, health.get("ailing"));
        }
    }

    @Test
    void whatIsNeitherThereNorLentIsRefusedByName() throws IOException {
        try (Andiron andiron = open("backends.main.plugin: memory")) {
            var storage = andiron.storage();
            assertEquals(
                    "the backend 'main' (plugin 'memory') does not keep earlier versions"
                            + " (capability 'versioning')",
                    assertThrows(StorageException.NotSupported.class, storage::versions)
                            .getMessage());
            assertThrows(StorageException.NotSupported.class, storage::history);
            assertThrows(StorageException.NotSupported.class, storage::changes);
            assertEquals(
                    0,
                    storage.search()
                            .count(TENANT, Query.of("Patient", Criterion.everything(), 10)));
        }
    }

    @Test
    void permissionsAreCheckedBeforeTheBackendIsCalled() throws IOException {
        try (Andiron andiron = open("backends.main.plugin: memory")) {
            var storage = andiron.storage();
            var nothing = new TenantContext(TenantId.DEFAULT, Set.of());
            var reader = new TenantContext(TenantId.DEFAULT, Set.of(Permission.READ));
            var writer = new TenantContext(TenantId.DEFAULT, Set.of(Permission.WRITE));
            var store = storage.resources();
            Commit purge = Commit.of(new Mutation.Purge(KEY));
            calls.clear();
            List<Runnable> refused =
                    List.of(
                            () -> store.read(nothing, KEY),
                            () -> store.scan(writer, ScanRequest.all()).close(),
                            () -> store.readMany(writer, List.of(KEY)),
                            () -> store.head(writer, KEY),
                            () -> store.heads(writer, List.of(KEY)),
                            () -> store.count(writer, Optional.empty()),
                            () -> store.commit(writer, purge),
                            () -> store.commit(reader, purge),
                            () ->
                                    storage.search()
                                            .search(
                                                    writer,
                                                    Query.of(
                                                            "Patient", Criterion.everything(), 1)));
            for (Runnable call : refused) {
                assertThrows(StorageException.NotPermitted.class, call::run);
            }
            assertEquals(List.of(), calls);
            store.commit(TENANT, purge);
            assertEquals(List.of("main ResourceStore.commit"), calls);
        }
    }

    @Test
    void aPluginThatIsNotThereIsAConfigurationProblem() {
        var refused =
                assertThrows(
                        ConfigurationException.class, () -> open("backends.main.plugin: memry"));
        assertTrue(refused.getMessage().endsWith("Did you mean 'memory'?"), refused::getMessage);
    }
}
