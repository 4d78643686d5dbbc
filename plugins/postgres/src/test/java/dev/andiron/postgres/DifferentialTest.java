package dev.andiron.postgres;

import dev.andiron.kernel.lent.ScanSearch;
import dev.andiron.spi.Backend;
import dev.andiron.spi.Options;
import dev.andiron.spi.metric.Meters;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.tck.fixture.SearchComparison;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.InstantSource;

/** The engine in the database finds what the server finds by looking at each resource. */
class DifferentialTest {
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);

    @TempDir Path folder;

    @Test
    void version14FindsWhatTheServerFindsByLookingAtEachResource() {
        compare(14);
    }

    @Test
    void version18FindsWhatTheServerFindsByLookingAtEachResource() {
        compare(18);
    }

    /** With plans that are otherwise made for many resources only. */
    @Test
    void sortedPagesOfWhatManyPassAreTheSameWhereverTheyComeFrom() {
        var comparison = new SearchComparison(TENANT);
        try (Backend backend = open(18)) {
            var store = backend.resources().orElseThrow();
            comparison.write(store);
            comparison.compareSorted(
                    ((PostgresSearchEngine) backend.search().orElseThrow()).withFew(4),
                    new ScanSearch(
                            store, (tenant, resource, _) -> comparison.values(resource.key())),
                    250,
                    "a walk through the index");
        }
    }

    private void compare(int version) {
        var comparison = new SearchComparison(TENANT);
        try (Backend backend = open(version)) {
            var store = backend.resources().orElseThrow();
            comparison.write(store);
            comparison.compare(
                    backend.search().orElseThrow(),
                    new ScanSearch(
                            store, (tenant, resource, _) -> comparison.values(resource.key())),
                    250);
        }
    }

    private Backend open(int version) {
        var options = PostgresServer.of(version).options(folder);
        return PostgresBackend.open(
                PostgresOptions.of(Options.of(PostgresOptions.ALL, options)),
                InstantSource.system(),
                Meters.none());
    }
}
