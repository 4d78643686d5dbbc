package dev.andiron.sqlite;

import static dev.andiron.sqlite.TestBackend.TENANT;
import static dev.andiron.sqlite.TestBackend.delete;
import static dev.andiron.sqlite.TestBackend.put;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.ValueTest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Searches whose plans differ: what each begins with, unions, sorted pages, chains. */
class SearchTest {
    private static final String LOINC = "http://loinc.org";
    private static final int MANY = 4_500;

    @TempDir Path folder;

    private SqliteBackend backend;
    private SearchEngine search;

    @BeforeEach
    void open() {
        backend = TestBackend.open(folder);
        search = backend.search().orElseThrow();
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private void commit(Commit commit) {
        backend.resources().orElseThrow().commit(TENANT, commit);
    }

    private static SearchValue token(String parameter, String system, String code) {
        return new SearchValue.Token(parameter, system, code, "");
    }

    private static Criterion code(String code) {
        return new Criterion.Value(
                "code", new ValueTest.Token(Optional.of(LOINC), Optional.of(code)));
    }

    private static Criterion patient(String id) {
        return new Criterion.Value(
                "subject",
                new ValueTest.LocalReference(Optional.of("Patient"), id, Optional.empty()));
    }

    private static SearchValue date(Instant at) {
        return new SearchValue.Date("date", at, at.plusSeconds(1));
    }

    private static Instant second(int number) {
        return Instant.ofEpochSecond(1_600_000_000L + number);
    }

    /** Observation i: code a for all, b for even ones; patient p(i mod 10); a date descending. */
    private void observations() {
        var mutations = new ArrayList<Mutation>();
        for (int i = 0; i < MANY; i++) {
            var values = new ArrayList<SearchValue>();
            values.add(token("code", LOINC, "a"));
            if (i % 2 == 0) {
                values.add(token("code", LOINC, "b"));
            }
            values.add(new SearchValue.LocalReference("subject", "Patient", "p" + i % 10, ""));
            if (i % 5 != 0) {
                values.add(date(second(MANY - i)));
            }
            mutations.add(put("Observation", "o" + i, 1, values.toArray(SearchValue[]::new)));
        }
        commit(new Commit(List.of(), mutations));
    }

    private List<String> ids(Query query) {
        var ids = new ArrayList<String>();
        var page = search.search(TENANT, query);
        page.hits().forEach(hit -> ids.add(hit.key().id()));
        return ids;
    }

    /** All pages, each by its own cursor. */
    private List<String> walk(Criterion criterion, List<Sort> sort, int size) {
        var ids = new ArrayList<String>();
        Optional<Cursor> after = Optional.empty();
        do {
            var page =
                    search.search(
                            TENANT,
                            new Query(
                                    Set.of("Observation"),
                                    criterion,
                                    sort,
                                    size,
                                    after,
                                    Query.Total.NONE));
            page.hits().forEach(hit -> ids.add(hit.key().id()));
            after = page.next();
        } while (after.isPresent());
        return ids;
    }

    private static List<String> expected(IntPredicate wanted) {
        return IntStream.range(0, MANY).filter(wanted).mapToObj(i -> "o" + i).toList();
    }

    @Test
    void pagesInDefaultOrderHoldEveryMatchOnceWhateverItBeginsWith() {
        observations();
        var both = new Criterion.All(List.of(code("a"), code("b"), patient("p4")));
        assertEquals(expected(i -> i % 10 == 4), walk(both, List.of(), 37));
        var either = new Criterion.Any(List.of(patient("p1"), patient("p4"), patient("p1")));
        assertEquals(expected(i -> i % 10 == 4 || i % 10 == 1), walk(either, List.of(), 100));
        var not = new Criterion.Not(code("b"));
        assertEquals(expected(i -> i % 2 == 1), walk(not, List.of(), 1000));
        var dated =
                new Criterion.Value(
                        "date",
                        new ValueTest.Date(
                                ValueTest.RangeOperator.GE, second(0), second(0).plusSeconds(1)));
        assertEquals(expected(i -> i % 5 != 0), walk(dated, List.of(), 1000));
        assertEquals(expected(_ -> true), walk(Criterion.everything(), List.of(), 1000));
    }

    @Test
    void sortedPagesHoldEveryMatchOnceAndThoseWithoutValueLast() {
        observations();
        var sort = List.<Sort>of(new Sort.Parameter("date", Sort.ValueKind.DATE, false));
        var expected = new ArrayList<>(expected(i -> i % 5 != 0 && i % 2 == 0).reversed());
        expected.addAll(expected(i -> i % 5 == 0 && i % 2 == 0));
        assertEquals(expected, walk(code("b"), sort, 333));
        var descending =
                List.<Sort>of(
                        new Sort.Parameter("date", Sort.ValueKind.DATE, true), new Sort.Id(true));
        var all = new ArrayList<>(expected(i -> i % 5 != 0));
        all.addAll(expected(i -> i % 5 == 0).stream().sorted(Comparator.reverseOrder()).toList());
        assertEquals(all, walk(Criterion.everything(), descending, 1000));
    }

    /** So many match that the page comes from a walk through the index of the key. */
    @Test
    void aSortedPageOfManyMatchesIsTheSameFromTheOrderOfAnIndex() {
        observations();
        commit(
                Commit.of(
                        put(
                                "Observation",
                                "o1",
                                2,
                                token("code", LOINC, "a"),
                                date(second(1)),
                                date(second(MANY + 1)))));
        var dated = expected(i -> i % 5 != 0 && i != 1);
        var undated = expected(i -> i % 5 == 0);
        var ascending = new ArrayList<>(dated.reversed());
        // o4499 has second 1 as well, and ties go by age, which is that of the first version.
        ascending.add(ascending.indexOf("o4499"), "o1");
        ascending.addAll(undated);
        var date = new Sort.Parameter("date", Sort.ValueKind.DATE, false);
        assertEquals(ascending, walk(code("a"), List.of(date), 999));
        var descending = new ArrayList<>(List.of("o1"));
        descending.addAll(dated);
        descending.addAll(undated);
        var dateDown = new Sort.Parameter("date", Sort.ValueKind.DATE, true);
        assertEquals(descending, walk(Criterion.everything(), List.of(dateDown), 999));
        var byId = expected(_ -> true).stream().sorted(Comparator.reverseOrder()).toList();
        assertEquals(byId, walk(code("a"), List.of(new Sort.Id(true)), 999));
        var byUpdate = new ArrayList<>(expected(i -> i != 1));
        byUpdate.addFirst("o1");
        assertEquals(byUpdate, walk(code("a"), List.of(new Sort.LastUpdated(true)), 999));
    }

    @Test
    void chainsGoBothWays() {
        observations();
        commit(
                new Commit(
                        List.of(),
                        List.of(
                                put("Patient", "p3", 1, name("Smith")),
                                put("Patient", "p4", 1, name("Jones")),
                                put("Patient", "p99", 1, name("Smith")))));
        var smith =
                new Criterion.Value(
                        "name",
                        new ValueTest.Text(ValueTest.TextOperator.STARTS_WITH, "smi", false));
        var chain = new Criterion.Chain("subject", Set.of("Patient"), smith);
        assertEquals(expected(i -> i % 10 == 3), walk(chain, List.of(), 1000));
        var has = new Criterion.ReverseChain("Observation", "subject", code("b"));
        assertEquals(List.of("p4"), ids(Query.of("Patient", has, 10)));
        var hasNot = new Criterion.All(List.of(smith, new Criterion.Not(has)));
        assertEquals(List.of("p3", "p99"), ids(Query.of("Patient", hasNot, 10)));
        commit(Commit.of(delete("Patient", "p3", 2)));
        assertEquals(List.of(), walk(chain, List.of(), 1000));
    }

    private static SearchValue name(String name) {
        return new SearchValue.Text("name", name.toLowerCase(Locale.ROOT), name);
    }

    @Test
    void updatesAndDeletesTakeTheOldValuesAway() {
        commit(Commit.of(put("Observation", "o", 1, token("code", LOINC, "a"), date(second(1)))));
        commit(Commit.of(put("Observation", "o", 2, token("code", LOINC, "b"))));
        assertEquals(List.of(), ids(Query.of("Observation", code("a"), 10)));
        assertEquals(List.of("o"), ids(Query.of("Observation", code("b"), 10)));
        assertEquals(List.of(), ids(Query.of("Observation", new Criterion.Present("date"), 10)));
        commit(Commit.of(delete("Observation", "o", 3)));
        assertEquals(List.of(), ids(Query.of("Observation", code("b"), 10)));
        assertEquals(List.of(), ids(Query.of("Observation", Criterion.everything(), 10)));
    }

    @Test
    void quantitiesCompareExactlyInTheirUnitAndInTheCanonicalOne() {
        commit(
                new Commit(
                        List.of(),
                        List.of(
                                put("Observation", "small", 1, grams("0.1000000000000000001")),
                                put("Observation", "large", 1, grams("0.1000000000000000002")),
                                put("Observation", "minus", 1, grams("-5")))));
        var above = new BigDecimal("0.10000000000000000015");
        for (boolean canonical : new boolean[] {true, false}) {
            var test =
                    new ValueTest.Quantity(
                            ValueTest.RangeOperator.GT,
                            above,
                            above,
                            canonical,
                            Optional.empty(),
                            Optional.of("g"));
            assertEquals(
                    List.of("large"),
                    ids(Query.of("Observation", new Criterion.Value("value", test), 10)));
        }
        var sort =
                new Query(
                        Set.of(),
                        Criterion.everything(),
                        List.of(new Sort.Parameter("value", Sort.ValueKind.QUANTITY, false)),
                        10,
                        Optional.empty(),
                        Query.Total.ACCURATE);
        assertEquals(List.of("minus", "small", "large"), ids(sort));
        assertEquals(3, search.search(TENANT, sort).total().orElseThrow());
    }

    private static SearchValue grams(String number) {
        var value = new BigDecimal(number);
        return new SearchValue.Quantity(
                "value", value, value, value, "http://unitsofmeasure.org", "g", "g", value, value);
    }

    @Test
    void displaysAreFoundThroughTheirCodes() {
        commit(
                new Commit(
                        List.of(),
                        List.of(
                                put(
                                        "Condition",
                                        "c1",
                                        1,
                                        new SearchValue.Token("code", "s", "1", "acute headache")),
                                put(
                                        "Condition",
                                        "c2",
                                        1,
                                        new SearchValue.Token("code", "s", "1", "something")),
                                put("Condition", "c3", 1, token("code", "s", "1")))));
        var head =
                new Criterion.Value(
                        "code",
                        new ValueTest.TokenDisplay(ValueTest.TextOperator.CONTAINS, "head"));
        assertEquals(List.of("c1"), ids(Query.of("Condition", head, 10)));
        assertEquals(List.of("c2", "c3"), ids(Query.of("Condition", new Criterion.Not(head), 10)));
    }

    @Test
    void aTestOfOneResourceLooksAtItsOwnValuesAndNotThroughThoseOfAll() {
        observations();
        for (var operator : ValueTest.RangeOperator.values()) {
            var dated =
                    new Criterion.Value(
                            "date", new ValueTest.Date(operator, second(0), second(MANY)));
            String plan =
                    search.explain(
                            TENANT,
                            Query.of(
                                    "Observation",
                                    new Criterion.All(List.of(code("a"), dated)),
                                    10));
            assertTrue(
                    plan.contains("USING COVERING INDEX date_of_resource (resource=?)")
                            || plan.contains("USING INDEX date_of_resource (resource=?)")
                            || plan.contains("(parameter=? AND code=? AND resource=?"),
                    plan);
        }
    }

    /** A page of what conforms to a profile is a walk to its end, however many conform. */
    @Test
    void aUriIsFoundInTheOrderOfResources() {
        commit(
                new Commit(
                        List.of(),
                        List.of(
                                put("Device", "d1", 1, new SearchValue.Uri("url", "http://e/1")),
                                put("Device", "d2", 1, new SearchValue.Uri("url", "http://e/2")))));
        var test = new ValueTest.Uri(ValueTest.TextOperator.EQUALS, "http://e/2");
        var query = Query.of("Device", new Criterion.Value("url", test), 10);
        assertEquals(List.of("d2"), ids(query));
        String plan = search.explain(TENANT, query);
        assertTrue(plan.contains("SEARCH t1 USING PRIMARY KEY (parameter=? AND value=?)"), plan);
        assertTrue(!plan.contains("TEMP B-TREE"), plan);
    }

    /** Its first text by its number, the others by an index that few are in. */
    @Test
    void theTextsOfAResourceAreFoundByItsNumber() {
        var words = new ArrayList<Mutation>();
        for (int i = 0; i < 200; i++) {
            words.add(
                    put(
                            "Device",
                            "d" + i,
                            1,
                            new SearchValue.FullText("_content", "cat " + i),
                            new SearchValue.FullText("_text", i < 100 ? "dog" : "cow"),
                            token("code", LOINC, i % 10 == 0 ? "a" : "b")));
        }
        commit(new Commit(List.of(), words));
        var content = new Criterion.Value("_content", new ValueTest.Words(List.of("cat")));
        var text = new Criterion.Value("_text", new ValueTest.Words(List.of("dog")));
        var query = Query.of("Device", new Criterion.All(List.of(code("a"), content, text)), 50);
        assertEquals(10, ids(query).size());
        String plan = search.explain(TENANT, query);
        assertEquals(2, plan.split("MULTI-INDEX OR", -1).length - 1, plan);
        assertTrue(plan.contains("full_text_of_resource (resource=? AND rowid>?)"), plan);
    }

    private static Criterion code(Optional<String> system, Optional<String> code) {
        return new Criterion.Value("code", new ValueTest.Token(system, code));
    }

    /** What is asked of a resource's tokens goes by their keys, and never through those of all. */
    @Test
    void theTokensOfAResourceAreFoundByTheirKeysAndGoWithIt() {
        var codes = List.of("a", "\"quoted\" \\ back", "line\n\u0001", "\ud83d\ude00", "a b", "17");
        for (int i = 0; i < codes.size(); i++) {
            for (int j = 0; j < 3; j++) {
                var common = token("code", "http://s/" + i, codes.get(i));
                var own = token("own", "", codes.get(i) + j);
                commit(Commit.of(put("Device", "d" + i + j, 1, common, own)));
            }
        }
        var all = new Criterion.Present("own");
        for (int i = 0; i < codes.size(); i++) {
            var here = List.of("d" + i + "0", "d" + i + "1", "d" + i + "2");
            var system = code(Optional.of("http://s/" + i), Optional.empty());
            var both = new Criterion.All(List.of(new Criterion.Id(Set.copyOf(here)), system));
            assertEquals(here, ids(Query.of("Device", both, 50)));
            var code = code(Optional.empty(), Optional.of(codes.get(i)));
            var keyed = new Criterion.All(List.of(new Criterion.Id(Set.copyOf(here)), code));
            assertEquals(here, ids(Query.of("Device", keyed, 50)));
            var others = new Criterion.All(List.of(all, new Criterion.Not(system)));
            assertEquals(3 * codes.size() - 3, ids(Query.of("Device", others, 50)).size());
            var uncoded = Query.of("Device", new Criterion.Not(code), 50);
            assertEquals(3 * codes.size() - 3, ids(uncoded).size());
            String plan = search.explain(TENANT, uncoded);
            assertTrue(plan.contains("(parameter=? AND code=? AND resource=?)"), plan);
        }
        String plan =
                search.explain(
                        TENANT,
                        Query.of("Device", new Criterion.Not(new Criterion.Present("own")), 50));
        assertTrue(plan.contains("k USING INTEGER PRIMARY KEY (rowid=?)"), plan);
        assertTrue(!plan.contains("SCAN token"), plan);
        for (int i = 0; i < codes.size(); i++) {
            commit(Commit.of(put("Device", "d" + i + "0", 2, token("code", "", "new"))));
            commit(Commit.of(delete("Device", "d" + i + "1", 2)));
            assertEquals(
                    List.of("d" + i + "2"),
                    ids(Query.of("Device", code(Optional.empty(), Optional.of(codes.get(i))), 50)));
        }
        assertEquals(codes.size(), ids(Query.of("Device", all, 50)).size());
        long rows =
                backend.database()
                        .reads()
                        .read(s -> s.number("SELECT count(*) FROM token_index"))
                        .orElseThrow();
        assertEquals(3 * codes.size(), rows);
    }

    @Test
    void aPlanReadsAnIndexAndNotATable() {
        observations();
        String plan = search.explain(TENANT, Query.of("Observation", patient("p4"), 10));
        assertTrue(plan.contains("SEARCH t1 USING PRIMARY KEY"), plan);
        assertTrue(!plan.contains("SCAN r") && !plan.contains("TEMP B-TREE"), plan);
    }

    /** A few resources by their ids, and not by a look at all of the type in the page's order. */
    @Test
    void resourcesAreFoundByTheirIds() {
        observations();
        var some = Set.of("o1", "o17", "o300", "o2000", "o4000");
        var query = Query.of("Observation", new Criterion.Id(some), 10);
        assertEquals(some, Set.copyOf(ids(query)));
        String plan = search.explain(TENANT, query);
        assertTrue(plan.contains("(kind=? AND logical_id=?)"), plan);
        assertTrue(!plan.contains("resources_live"), plan);
    }
}
