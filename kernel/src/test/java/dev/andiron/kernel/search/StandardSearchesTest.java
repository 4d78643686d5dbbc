package dev.andiron.kernel.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.MemoryStore;
import dev.andiron.kernel.lent.ScanSearch;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.tck.fixture.RecordText;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.SearchCases;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Searches from URL to answer, in process, held to the standard. */
class StandardSearchesTest {
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    private static final int LEAST = 400;

    /** Set to write what the kit brings, after a change of cases, extraction or parsing. */
    private static final String WRITE = "andiron.search-cases.write";

    private static final Path KIT =
            Path.of("../tck/src/main/resources/dev/andiron/tck/fixture", SearchCases.RESOURCE);

    @Test
    void everySearchFindsInProcessWhatTheStandardSays() throws IOException {
        var wrong = new ArrayList<String>();
        int cases = 0;
        int lent = 0;
        for (SearchCases.Theme theme : new StandardSearches().themes()) {
            var store = new MemoryStore();
            for (SearchCases.Stored stored : theme.resources()) {
                var version = Resources.version(stored.key(), 1, stored.lastUpdated());
                store.commit(TENANT, Commit.of(new Mutation.Put(version, stored.values())));
            }
            var search =
                    new ScanSearch(
                            store, (tenant, resource, features) -> store.values(tenant, resource));
            for (SearchCases.Case each : theme.cases()) {
                cases++;
                if (ScanSearch.FEATURES.containsAll(each.features())) {
                    lent++;
                    judge(theme.name(), each, search, wrong);
                }
            }
        }
        System.out.println(cases + " standard searches, " + lent + " of them in process");
        assertEquals("", String.join("\n", wrong), wrong.size() + " searches are wrong");
        assertTrue(cases >= LEAST, cases + " searches are left");
        assertEquals(cases, lent, "searches need what is not done in process");
    }

    private static void judge(
            String theme, SearchCases.Case each, ScanSearch search, List<String> wrong) {
        for (int pageSize : new int[] {100, 3}) {
            List<ResourceKey> found = keys(search, each.query(), pageSize);
            boolean right =
                    each.ordered()
                            ? found.equals(each.expected())
                            : new TreeSet<>(found).equals(new TreeSet<>(each.expected()));
            if (!right || search.count(TENANT, each.query()) != each.expected().size()) {
                wrong.add(
                        "%s: %s expects %s, finds %s"
                                .formatted(theme, each.url(), each.expected(), found));
                return;
            }
        }
    }

    private static List<ResourceKey> keys(ScanSearch search, Query query, int pageSize) {
        var keys = new ArrayList<ResourceKey>();
        Optional<Cursor> after = Optional.empty();
        do {
            SearchPage page =
                    search.search(
                            TENANT,
                            new Query(
                                    query.types(),
                                    query.criterion(),
                                    query.sort(),
                                    pageSize,
                                    after,
                                    Query.Total.NONE));
            page.hits().forEach(hit -> keys.add(hit.key()));
            after = page.next();
        } while (after.isPresent());
        return keys;
    }

    @Test
    void theKitBringsTheseSearches() throws IOException {
        String now = SearchCases.write(new StandardSearches().themes());
        if (Boolean.getBoolean(WRITE)) {
            Files.createDirectories(KIT.getParent());
            Files.writeString(KIT, now);
        }
        assertEquals(
                now,
                Files.readString(KIT),
                "stale: run the tests of the kernel once with -D" + WRITE + "=true");
        assertEquals(new StandardSearches().themes(), read(now), "what is read is what is written");
    }

    private static List<SearchCases.Theme> read(String text) {
        return text.lines().map(line -> RecordText.read(SearchCases.Theme.class, line)).toList();
    }
}
