package dev.andiron.kernel.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.MemoryStore;
import dev.andiron.kernel.backend.OpenBackend;
import dev.andiron.kernel.lent.ScanSearch;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.HistoryLevel;
import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Who answers which search, and which history. */
class RoutedSearchTest {
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    private static final Criterion TOKEN =
            new Criterion.Value("code", new ValueTest.Token(Optional.empty(), Optional.of("x")));

    private final MemoryStore store = new MemoryStore();
    private final List<Query> asked = new ArrayList<>();

    /** An engine that notes what it is asked, and always has another page. */
    private final SearchEngine engine =
            new SearchEngine() {
                @Override
                public SearchPage search(TenantContext tenant, Query query) {
                    asked.add(query);
                    return new SearchPage(
                            List.of(),
                            Optional.of(Cursor.of(new byte[] {7})),
                            OptionalLong.empty());
                }

                @Override
                public long count(TenantContext tenant, Query query) {
                    asked.add(query);
                    return 42;
                }

                @Override
                public String explain(TenantContext tenant, Query query) {
                    return "native";
                }
            };

    private Storage storage(boolean stores, Set<SearchFeature> features) {
        var capabilities =
                Capabilities.builder().search(features).history(Set.of(HistoryLevel.INSTANCE));
        HistoryStore history =
                (tenant, request) -> new HistoryStore.Page(List.of(), OptionalLong.empty());
        var backend =
                new OpenBackend(
                        "main",
                        "test",
                        capabilities.build(),
                        () -> {},
                        stores ? Optional.<ResourceStore>of(store) : Optional.empty(),
                        Optional.empty(),
                        Optional.of(history),
                        Optional.empty(),
                        features.isEmpty() ? Optional.empty() : Optional.of(engine),
                        features.isEmpty() ? Optional.empty() : Optional.of(engine),
                        Optional.empty(),
                        Optional.empty(),
                        features,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
        return new Storage(backend, (tenant, resource, _) -> store.values(tenant, resource));
    }

    private static Query query(Criterion criterion, Optional<Cursor> after, Query.Total total) {
        return new Query(Set.of("Patient"), criterion, List.of(), 1, after, total);
    }

    private static Query query(Criterion criterion) {
        return query(criterion, Optional.empty(), Query.Total.NONE);
    }

    @Test
    void anEngineGetsWhatItDeclaresWithItsOwnCursors() {
        Storage storage = storage(true, Set.of(SearchFeature.TOKEN));
        assertEquals(new SearchRoute.Native(), storage.searchRoute(query(TOKEN)));
        SearchPage page = storage.search().search(TENANT, query(TOKEN));
        storage.search().search(TENANT, query(TOKEN, page.next(), Query.Total.NONE));
        assertEquals(Optional.of(Cursor.of(new byte[] {7})), asked.get(1).after());
        assertEquals("native", storage.search().explain(TENANT, query(TOKEN)));
    }

    @Test
    void anEngineThatDoesNotSortBySeveralParametersTogetherSortsByTheOneThatHasTheirValues() {
        var union = new Sort.Union("all", List.of("one", "two"), Sort.ValueKind.TOKEN, true);
        var query =
                new Query(
                        Set.of("Patient"),
                        TOKEN,
                        List.of(new Sort.Id(false), union),
                        1,
                        Optional.empty(),
                        Query.Total.NONE);
        Storage plain = storage(true, Set.of(SearchFeature.TOKEN, SearchFeature.SORT));
        assertEquals(new SearchRoute.Native(), plain.searchRoute(query));
        plain.search().search(TENANT, query);
        plain.search().count(TENANT, query);
        var single = new Sort.Parameter("all", Sort.ValueKind.TOKEN, true);
        assertEquals(List.of(new Sort.Id(false), single), asked.getFirst().sort());
        Storage able =
                storage(
                        true,
                        Set.of(SearchFeature.TOKEN, SearchFeature.SORT, SearchFeature.SORT_UNION));
        able.search().search(TENANT, query);
        assertEquals(query.sort(), asked.getLast().sort());
    }

    @Test
    void conditionsThatAnEngineLacksAreRefusedByNameAndNotPassedOn() {
        Storage storage = storage(true, Set.of(SearchFeature.TOKEN));
        Criterion not = new Criterion.Not(TOKEN);
        for (Precondition condition :
                List.of(
                        new Precondition.NoMatch("Patient", not),
                        new Precondition.OnlyMatch(not, new ResourceKey("Patient", "a")))) {
            var refused =
                    assertThrows(
                            StorageException.NotSupported.class,
                            () ->
                                    storage.resources()
                                            .commit(
                                                    TENANT,
                                                    new Commit(List.of(condition), List.of())));
            assertTrue(refused.getMessage().contains("search [NOT]"), refused.getMessage());
        }
    }

    @Test
    void whatAnEngineLacksIsLentVisibly() {
        Storage storage = storage(true, Set.of(SearchFeature.TOKEN));
        Criterion not = new Criterion.Not(TOKEN);
        assertEquals(
                new SearchRoute.Lent(Set.of(SearchFeature.NOT)), storage.searchRoute(query(not)));
        store.put(TENANT, "Patient", "a");
        store.put(TENANT, "Patient", "b");
        SearchPage page = storage.search().search(TENANT, query(not));
        assertEquals("a", page.hits().getFirst().key().id());
        SearchPage next =
                storage.search().search(TENANT, query(not, page.next(), Query.Total.NONE));
        assertEquals("b", next.hits().getFirst().key().id());
        assertEquals(List.of(), asked);
        assertTrue(storage.search().explain(TENANT, query(not)).contains("search by [NOT]"));
    }

    @Test
    void pagesOfOneSearchStayWithOneEngine() {
        Storage storage = storage(true, Set.of(SearchFeature.TOKEN));
        store.put(TENANT, "Patient", "a");
        store.put(TENANT, "Patient", "b");
        Criterion not = new Criterion.Not(TOKEN);
        Cursor lent = storage.search().search(TENANT, query(not)).next().orElseThrow();
        Query easier = query(Criterion.everything(), Optional.of(lent), Query.Total.NONE);
        assertEquals("b", storage.search().search(TENANT, easier).hits().getFirst().key().id());
        Cursor own = storage.search().search(TENANT, query(TOKEN)).next().orElseThrow();
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        storage.search()
                                .search(TENANT, query(not, Optional.of(own), Query.Total.NONE)));
        for (byte[] bytes : List.of(new byte[0], new byte[] {9})) {
            Query forged = query(TOKEN, Optional.of(Cursor.of(bytes)), Query.Total.NONE);
            assertThrows(
                    IllegalArgumentException.class, () -> storage.search().search(TENANT, forged));
        }
    }

    @Test
    void aTotalThatAloneIsMissingIsCountedBesideTheEnginesPage() {
        Storage storage = storage(true, Set.of(SearchFeature.TOKEN));
        store.put(TENANT, "Patient", "a");
        Query counting = query(Criterion.everything(), Optional.empty(), Query.Total.ACCURATE);
        assertEquals(OptionalLong.of(1), storage.search().search(TENANT, counting).total());
        assertEquals(Query.Total.NONE, asked.getFirst().total());
        assertEquals(1, storage.search().count(TENANT, counting));
        Storage counts = storage(true, Set.of(SearchFeature.TOKEN, SearchFeature.TOTAL));
        assertEquals(42, counts.search().count(TENANT, counting));
    }

    @Test
    void withoutAnEngineTheStoreIsScannedAndWithoutAStoreTheFeatureIsNamed() {
        Storage scanning = storage(true, Set.of());
        assertEquals(new SearchRoute.Lent(Set.of()), scanning.searchRoute(query(TOKEN)));
        assertEquals(ScanSearch.FEATURES, scanning.searchFeatures());
        Storage alone = storage(false, Set.of(SearchFeature.TOKEN));
        assertEquals(Set.of(SearchFeature.TOKEN), alone.searchFeatures());
        var scored =
                new Query(
                        Set.of("Patient"),
                        TOKEN,
                        List.of(new Sort.Score()),
                        1,
                        Optional.empty(),
                        Query.Total.NONE);
        assertEquals(
                "the backend 'main' (plugin 'test') does not take this search (capability 'search"
                        + " [SCORE]')",
                assertThrows(
                                StorageException.NotSupported.class,
                                () -> alone.search().search(TENANT, scored))
                        .getMessage());
    }

    @Test
    void levelsOfHistoryAreRefusedOneByOne() {
        HistoryStore history = storage(true, Set.of()).history();
        var key = new ResourceKey("Patient", "1");
        assertEquals(
                List.of(),
                history.history(TENANT, request(new HistoryScope.Instance(key))).versions());
        assertEquals(
                "the backend 'main' (plugin 'test') does not list the history of a type (capability"
                        + " 'history TYPE')",
                assertThrows(
                                StorageException.NotSupported.class,
                                () ->
                                        history.history(
                                                TENANT, request(new HistoryScope.Type("Patient"))))
                        .getMessage());
    }

    private static HistoryRequest request(HistoryScope scope) {
        return new HistoryRequest(
                scope, Optional.empty(), Optional.empty(), OptionalLong.empty(), 1);
    }
}
