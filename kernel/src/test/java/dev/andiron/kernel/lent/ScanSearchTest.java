package dev.andiron.kernel.lent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.MemoryStore;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.Sort.ValueKind;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

class ScanSearchTest {
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    private static final TenantContext OTHER = TenantContext.of(new TenantId("other"));

    private final MemoryStore store = new MemoryStore();
    private final ScanSearch search =
            new ScanSearch(store, (tenant, resource, _) -> store.values(tenant, resource));

    @AfterEach
    void everyCursorIsClosed() {
        assertEquals(0, store.openCursors());
    }

    private static SearchValue family(String name) {
        return new SearchValue.Text("family", name, name);
    }

    private static SearchValue subject(String patient) {
        return new SearchValue.LocalReference("subject", "Patient", patient, "");
    }

    private static Criterion named(String name) {
        return new Criterion.Value(
                "family", new ValueTest.Text(ValueTest.TextOperator.EQUALS, name, false));
    }

    private static List<String> ids(SearchPage page) {
        return page.hits().stream().map(hit -> hit.key().id()).toList();
    }

    private static Query query(
            Criterion criterion,
            List<Sort> sort,
            int limit,
            Optional<Cursor> after,
            Query.Total total) {
        return new Query(Set.of("Patient"), criterion, sort, limit, after, total);
    }

    /** All pages, and something done between them. */
    private List<String> pages(Criterion criterion, List<Sort> sort, int limit, Runnable between) {
        var found = new ArrayList<String>();
        Optional<Cursor> after = Optional.empty();
        do {
            SearchPage page =
                    search.search(TENANT, query(criterion, sort, limit, after, Query.Total.NONE));
            assertTrue(page.hits().size() <= limit);
            found.addAll(ids(page));
            after = page.next();
            between.run();
        } while (after.isPresent());
        return found;
    }

    @Test
    void matchesComeInTheOrderOfKeysAndTheScanStopsBehindThePage() {
        for (int i = 100; i < 200; i++) {
            store.put(TENANT, "Patient", "p" + i, family(i % 2 == 0 ? "even" : "odd"));
        }
        store.put(TENANT, "Observation", "o", family("even"));
        store.put(OTHER, "Patient", "p0", family("even"));
        SearchPage page = search.search(TENANT, Query.of("Patient", named("even"), 3));
        assertEquals(List.of("p100", "p102", "p104"), ids(page));
        assertEquals(7, store.scanned());
        assertEquals(50, pages(named("even"), List.of(), 7, () -> {}).size());
        assertEquals(OptionalLong.empty(), page.total());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000})
    void pagesBySortKeysMissAndRepeatNothingWhileOthersWrite(int limit) {
        var random = new Random(limit);
        record Row(String id, String name, int born, int weight) {}
        var rows = new ArrayList<Row>();
        for (int i = 0; i < 60; i++) {
            var row =
                    new Row("p" + i, "n" + random.nextInt(5), random.nextInt(3), random.nextInt(9));
            rows.add(row);
            var born = Instant.ofEpochSecond(row.born());
            var values = new ArrayList<SearchValue>();
            if (row.weight() > 0) {
                var weight = BigDecimal.valueOf(row.weight());
                values.add(new SearchValue.Number("weight", weight, weight, weight));
            }
            values.add(family(row.name()));
            values.add(new SearchValue.Date("birthdate", born, born.plusSeconds(1)));
            store.put(TENANT, "Patient", row.id(), values.toArray(SearchValue[]::new));
        }
        List<Sort> sort =
                List.of(
                        new Sort.Parameter("weight", ValueKind.NUMBER, true),
                        new Sort.Parameter("family", ValueKind.TEXT, false),
                        new Sort.Parameter("birthdate", ValueKind.DATE, true));
        rows.sort(
                Comparator.comparing((Row row) -> row.weight() == 0)
                        .thenComparing(Row::weight, Comparator.reverseOrder())
                        .thenComparing(Row::name)
                        .thenComparing(Row::born, Comparator.reverseOrder())
                        .thenComparing(Row::id));
        var written = new int[1];
        List<String> found =
                pages(
                        new Criterion.Present("birthdate"),
                        sort,
                        limit,
                        () -> store.put(TENANT, "Patient", "unborn" + written[0]++, family("n0")));
        assertEquals(rows.stream().map(Row::id).toList(), found);
    }

    @Test
    void totalsCountEverything() {
        for (int i = 0; i < 25; i++) {
            store.put(TENANT, "Patient", "p" + (10 + i), family("a"));
        }
        Query first = query(named("a"), List.of(), 10, Optional.empty(), Query.Total.ACCURATE);
        SearchPage page = search.search(TENANT, first);
        assertEquals(OptionalLong.of(25), page.total());
        assertEquals(10, page.hits().size());
        SearchPage second =
                search.search(
                        TENANT,
                        query(named("a"), List.of(), 10, page.next(), Query.Total.ACCURATE));
        assertEquals(OptionalLong.of(25), second.total());
        assertEquals("p20", ids(second).getFirst());
        SearchPage none =
                search.search(
                        TENANT,
                        query(named("a"), List.of(), 0, Optional.empty(), Query.Total.ACCURATE));
        assertEquals(new SearchPage(List.of(), Optional.empty(), OptionalLong.of(25)), none);
        assertEquals(25, search.count(TENANT, first));
    }

    @Test
    void idsAreReadAndNotScanned() {
        store.put(TENANT, "Patient", "a", family("x"));
        store.put(TENANT, "Patient", "b", family("y"));
        store.put(TENANT, "Observation", "a", family("x"));
        Criterion byId = new Criterion.Id(Set.of("a", "b", "none"));
        assertEquals(List.of("a", "b"), ids(search.search(TENANT, Query.of("Patient", byId, 10))));
        Criterion both = new Criterion.All(List.of(named("x"), byId));
        assertEquals(List.of("a"), ids(search.search(TENANT, Query.of("Patient", both, 10))));
        assertEquals(0, store.scanned());
    }

    @Test
    void severalTypesAndAllTypesAreWalked() {
        store.put(TENANT, "Patient", "p", family("x"));
        store.put(TENANT, "Observation", "o", family("x"));
        store.put(TENANT, "Encounter", "e", family("x"));
        var some =
                new Query(
                        Set.of("Patient", "Encounter"),
                        named("x"),
                        List.of(),
                        1,
                        Optional.empty(),
                        Query.Total.NONE);
        SearchPage first = search.search(TENANT, some);
        assertEquals(List.of("e"), ids(first));
        var rest =
                new Query(
                        some.types(),
                        some.criterion(),
                        List.of(),
                        5,
                        first.next(),
                        Query.Total.NONE);
        assertEquals(List.of("p"), ids(search.search(TENANT, rest)));
        var all = new Query(Set.of(), named("x"), List.of(), 9, Optional.empty(), Query.Total.NONE);
        assertEquals(List.of("e", "o", "p"), ids(search.search(TENANT, all)));
    }

    @Test
    void chainsLeadForwardAndBackward() {
        store.put(TENANT, "Patient", "anna", family("a"));
        store.put(TENANT, "Patient", "bert", family("b"));
        store.put(TENANT, "Patient", "carl", family("b"));
        store.put(TENANT, "Observation", "1", subject("anna"), family("one"));
        store.put(TENANT, "Observation", "2", subject("bert"), family("two"));
        store.put(TENANT, "Observation", "3", subject("gone"), family("two"));
        Criterion ofB = new Criterion.Chain("subject", Set.of("Patient"), named("b"));
        assertEquals(List.of("2"), ids(search.search(TENANT, Query.of("Observation", ofB, 9))));
        Criterion withTwo = new Criterion.ReverseChain("Observation", "subject", named("two"));
        assertEquals(List.of("bert"), ids(search.search(TENANT, Query.of("Patient", withTwo, 9))));
        int before = store.scanned();
        Criterion none = new Criterion.Not(withTwo);
        assertEquals(
                List.of("anna", "carl"), ids(search.search(TENANT, Query.of("Patient", none, 9))));
        assertEquals(before + 6, store.scanned(), "the nested scan runs once");
    }

    @Test
    void tooManyReferencesAreRefusedInsteadOfFillingTheMemory() {
        var bounded =
                new ScanSearch(store, (tenant, resource, _) -> store.values(tenant, resource), 2);
        store.put(TENANT, "Patient", "p", family("a"));
        for (String id : List.of("1", "2", "3")) {
            store.put(TENANT, "Observation", id, subject("p"));
        }
        Criterion has =
                new Criterion.ReverseChain("Observation", "subject", Criterion.everything());
        assertThrows(
                StorageException.TooLarge.class,
                () -> bounded.search(TENANT, Query.of("Patient", has, 9)));
    }

    @Test
    void betterMatchesComeFirstAndSayHowGoodTheyAre() {
        var often = new SearchValue.FullText("_text", "fever, again fever and high fever");
        store.put(TENANT, "Patient", "a-once", new SearchValue.FullText("_text", "a fever"));
        store.put(TENANT, "Patient", "b-often", often);
        store.put(TENANT, "Patient", "c-none", new SearchValue.FullText("_text", "feverish"));
        Criterion words = new Criterion.Value("_text", new ValueTest.Words(List.of("fever")));
        List<Sort> byScore = List.of(new Sort.Score());
        SearchPage page =
                search.search(TENANT, query(words, byScore, 9, Optional.empty(), Query.Total.NONE));
        assertEquals(List.of("b-often", "a-once"), ids(page));
        assertEquals(
                List.of(OptionalDouble.of(0.75), OptionalDouble.of(0.5)),
                page.hits().stream().map(Hit::score).toList());
        assertEquals(List.of("b-often", "a-once"), pages(words, byScore, 1, () -> {}));
        assertEquals(
                OptionalDouble.empty(),
                search.search(TENANT, Query.of("Patient", words, 1)).hits().getFirst().score());
    }

    @Test
    void nearerOnesComeFirstInPages() {
        for (int i = 0; i < 9; i++) {
            store.put(
                    TENANT,
                    "Patient",
                    "p" + i,
                    new SearchValue.Position("near", 48 + (i * 4 % 9) / 100.0, 11));
        }
        Criterion near = new Criterion.Value("near", new ValueTest.Near(48, 11, 5_000));
        assertEquals(
                List.of("p0", "p7", "p5", "p3", "p1"),
                pages(near, List.of(new Sort.Distance("near", 48, 11, false)), 2, () -> {}));
        assertEquals(
                List.of("p1", "p3", "p5", "p7", "p0"),
                pages(near, List.of(new Sort.Distance("near", 48, 11, true)), 2, () -> {}));
    }

    @Test
    void foreignCursorsAreRefused() {
        for (byte[] bytes : Arrays.asList(new byte[0], new byte[] {0, 0, 0, 9, 1}, new byte[40])) {
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            search.search(
                                    TENANT,
                                    query(
                                            Criterion.everything(),
                                            List.of(new Sort.Id(true)),
                                            1,
                                            Optional.of(Cursor.of(bytes)),
                                            Query.Total.NONE)));
        }
    }

    @Test
    void anInterruptedSearchStops() {
        store.put(TENANT, "Patient", "p", family("a"));
        Thread.currentThread().interrupt();
        try {
            assertThrows(
                    StorageException.Timeout.class,
                    () -> search.search(TENANT, Query.of("Patient", named("a"), 1)));
        } finally {
            Thread.interrupted();
        }
    }
}
