package dev.andiron.kernel.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.Andiron;
import dev.andiron.kernel.config.ConfigurationSource;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.tck.fixture.Resources;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A plugin that was compiled against the first SPI runs on this kernel. Its jar is kept as it was;
 * its sources are in {@code src/test/first-plugin} for reading only.
 */
class FirstPluginTest {
    private static final Path KEPT = Path.of("src/test/resources/first-plugin");
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    private static final SearchValue A = new SearchValue.Token("identifier", "", "a", "");
    private static final Criterion IS_A =
            new Criterion.Value(
                    "identifier", new ValueTest.Token(Optional.empty(), Optional.of("a")));

    @TempDir private Path data;

    private Andiron open() {
        var source =
                new ConfigurationSource(
                        Optional.empty(),
                        Map.of(),
                        Map.of(
                                "backends.main.plugin", "first",
                                "backends.main.most-resources", "3"),
                        data);
        return Andiron.open(
                Andiron.prepare(source, List.of(), PluginLocations.of(KEPT)),
                InstantSource.system(),
                (tenant, resource, features) -> List.of(A),
                Map.of(),
                CallListener.NONE);
    }

    @Test
    void itIsFoundByItsSpi() {
        try (Plugins found = Plugins.scan(PluginLocations.of(KEPT))) {
            PluginReport.Entry entry = found.report().entries().getFirst();
            assertEquals("", entry.reason());
            assertEquals("0.1.0", entry.spiVersion());
            assertEquals(Optional.of(RealmKind.LAYER), entry.realm());
        }
    }

    @Test
    void itStoresAndTheKernelLendsTheRest() {
        ResourceKey key = Resources.patient("1");
        try (Andiron andiron = open()) {
            var store = andiron.storage().resources();
            store.commit(TENANT, Commit.of(Resources.put(key, 1)));
            assertEquals(1, store.read(TENANT, key).orElseThrow().version());
            assertEquals(1, store.head(TENANT, key).orElseThrow().version());
            assertThrows(
                    StorageException.VersionConflict.class,
                    () -> store.commit(TENANT, Commit.of(Resources.put(key, 1))));
            assertEquals(
                    List.of(key),
                    andiron
                            .storage()
                            .search()
                            .search(TENANT, Query.of("Patient", IS_A, 10))
                            .hits()
                            .stream()
                            .map(hit -> hit.key())
                            .toList());
            assertThrows(
                    StorageException.PreconditionFailed.class,
                    () ->
                            store.commit(
                                    TENANT,
                                    new Commit(
                                            List.of(new Precondition.NoMatch("Patient", IS_A)),
                                            List.of(Resources.put(Resources.patient("2"), 1)))));
            assertThrows(StorageException.NotSupported.class, () -> andiron.storage().versions());
            assertTrue(andiron.storage().capabilities().blobs());
        }
    }
}
