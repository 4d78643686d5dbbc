package dev.andiron.sqlite;

import static dev.andiron.sqlite.TestBackend.TENANT;

import dev.andiron.kernel.lent.ScanSearch;
import dev.andiron.tck.fixture.SearchComparison;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** The engine in the database finds what the server finds by looking at each resource. */
class DifferentialTest {
    @TempDir Path folder;

    @Test
    void theDatabaseFindsWhatTheServerFindsByLookingAtEachResource() {
        var comparison = new SearchComparison(TENANT);
        try (var backend = TestBackend.open(folder)) {
            var store = backend.resources().orElseThrow();
            comparison.write(store);
            comparison.compare(
                    backend.search().orElseThrow(),
                    new ScanSearch(
                            store, (tenant, resource, _) -> comparison.values(resource.key())),
                    1_000);
        }
    }

    /** With plans that are otherwise made for many resources only. */
    @Test
    void sortedPagesOfWhatManyPassAreTheSameWhereverTheyComeFrom() {
        var comparison = new SearchComparison(TENANT);
        try (var backend = TestBackend.open(folder)) {
            var store = backend.resources().orElseThrow();
            comparison.write(store);
            comparison.compareSorted(
                    ((SqliteSearchEngine) backend.search().orElseThrow()).withFew(4),
                    new ScanSearch(
                            store, (tenant, resource, _) -> comparison.values(resource.key())),
                    1_000,
                    "a walk through the index");
        }
    }
}
