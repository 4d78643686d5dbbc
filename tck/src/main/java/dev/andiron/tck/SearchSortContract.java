package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** Promises of {@link Sort}. */
@Needs(Facet.SEARCH)
abstract class SearchSortContract extends Contract {
    /** Ascending as texts by code points, but not by UTF-16 code units, nor ignoring case. */
    private static final List<String> TEXTS = List.of("Z", "a", "a b", "\uFFFD", "😀");

    /** Ascending as numbers, not as texts. */
    private static final List<String> NUMBERS = List.of("-20", "-3", "0.5", "7", "10");

    SearchSortContract(BackendContract contract) {
        super(contract);
    }

    /** {@link Sort.Parameter}, {@link Sort.ValueKind}. */
    @TestFactory
    @Promise(
            "a sort goes by the smallest value ascending, the largest descending, missing ones"
                    + " last")
    @Needs(search = SearchFeature.SORT)
    final Stream<DynamicTest> required_SO01_kinds() {
        return Stream.of(
                kind(
                        Sort.ValueKind.TEXT,
                        SearchFeature.TEXT,
                        i -> new SearchValue.Text("s", TEXTS.get(i), "" + (9 - i))),
                kind(
                        Sort.ValueKind.TOKEN,
                        SearchFeature.TOKEN,
                        i -> new SearchValue.Token("s", "urn:" + (9 - i), TEXTS.get(i), "")),
                kind(
                        Sort.ValueKind.REFERENCE,
                        SearchFeature.REFERENCE,
                        i -> new SearchValue.LocalReference("s", "Type" + i, "" + (9 - i), "")),
                kind(
                        Sort.ValueKind.DATE,
                        SearchFeature.DATE,
                        i -> new SearchValue.Date("s", second(i), second(i + 1))),
                kind(
                        Sort.ValueKind.NUMBER,
                        SearchFeature.NUMBER,
                        i -> {
                            var value = new BigDecimal(NUMBERS.get(i));
                            return new SearchValue.Number(
                                    "s",
                                    value.subtract(BigDecimal.ONE),
                                    value,
                                    value.add(BigDecimal.ONE));
                        }),
                kind(
                        Sort.ValueKind.QUANTITY,
                        SearchFeature.QUANTITY,
                        i -> quantity(BigDecimal.valueOf(9 - i), NUMBERS.get(i))),
                kind(
                        Sort.ValueKind.URI,
                        SearchFeature.URI,
                        i -> new SearchValue.Uri("s", "urn:" + TEXTS.get(i))));
    }

    /** {@link Sort.Union}. */
    @Test
    @Promise("a sort by several parameters goes by the values of all of them")
    @Needs(search = {SearchFeature.SORT, SearchFeature.SORT_UNION, SearchFeature.TOKEN})
    final void required_SO08_severalParametersTogether() {
        Tenant tenant = newTenant();
        tenant.create(Resources.patient("both"), code("one", "e"), code("two", "a"));
        tenant.create(Resources.patient("first"), code("one", "b"), code("one", "d"));
        tenant.create(Resources.patient("second"), code("two", "c"), code("whole", "0"));
        tenant.create(Resources.patient("neither"), code("whole", "1"), code("other", "2"));
        assertSorted(
                tenant, union(Sort.ValueKind.TOKEN, false), "both", "first", "second", "neither");
        assertSorted(
                tenant, union(Sort.ValueKind.TOKEN, true), "both", "first", "second", "neither");
        assertOrder(
                tenant,
                List.of(union(Sort.ValueKind.TEXT, false), union(Sort.ValueKind.TOKEN, true)),
                "both",
                "first",
                "second",
                "neither");
        tenant.update(Resources.patient("both"), code("two", "c"), code("two", "g"));
        tenant.update(Resources.patient("neither"), code("two", "b"), code("two", "f"));
        tenant.update(Resources.patient("first"));
        assertSorted(
                tenant, union(Sort.ValueKind.TOKEN, false), "neither", "both", "second", "first");
        assertSorted(
                tenant, union(Sort.ValueKind.TOKEN, true), "both", "neither", "second", "first");
    }

    private static SearchValue code(String parameter, String code) {
        return new SearchValue.Token(parameter, "", code, "");
    }

    private static Sort union(Sort.ValueKind kind, boolean descending) {
        return new Sort.Union("whole", List.of("one", "two"), kind, descending);
    }

    private static Instant second(int i) {
        return Instant.parse("1969-12-31T23:59:58Z").plusSeconds(i);
    }

    private static SearchValue quantity(BigDecimal written, String canonical) {
        var low = new BigDecimal(canonical);
        return new SearchValue.Quantity(
                "s",
                written,
                written,
                written.add(BigDecimal.ONE),
                "urn:u",
                "u",
                "c",
                low,
                low.add(new BigDecimal("0.1")));
    }

    private DynamicTest kind(
            Sort.ValueKind kind, SearchFeature feature, IntFunction<SearchValue> values) {
        return DynamicTest.dynamicTest(
                kind + (capabilities().search().contains(feature) ? "" : " is not declared"),
                () -> {
                    if (capabilities().search().contains(feature)) {
                        checkKind(kind, values);
                    }
                });
    }

    private void checkKind(Sort.ValueKind kind, IntFunction<SearchValue> values) {
        Tenant tenant = newTenant();
        tenant.create(Resources.patient("third"), values.apply(3));
        tenant.create(Resources.patient("missing"), new SearchValue.Token("other", "", "0", ""));
        tenant.create(Resources.patient("first-last"), values.apply(4), values.apply(0));
        tenant.create(Resources.patient("second"), values.apply(1));
        tenant.create(Resources.patient("middle"), values.apply(2), values.apply(2));
        tenant.create(Resources.observation("another-type"), values.apply(2));
        assertSorted(
                tenant,
                new Sort.Parameter("s", kind, false),
                "first-last",
                "second",
                "middle",
                "third",
                "missing");
        assertSorted(
                tenant,
                new Sort.Parameter("s", kind, true),
                "first-last",
                "third",
                "middle",
                "second",
                "missing");
        tenant.update(Resources.patient("missing"), values.apply(0));
        tenant.update(Resources.patient("first-last"));
        assertSorted(
                tenant,
                new Sort.Parameter("s", kind, false),
                "missing",
                "second",
                "middle",
                "third",
                "first-last");
    }

    private static void assertSorted(Tenant tenant, Sort sort, String... ids) {
        assertOrder(tenant, List.of(sort), ids);
    }

    private static void assertOrder(Tenant tenant, List<Sort> sort, String... ids) {
        assertOrder(tenant, Criterion.everything(), sort, ids);
    }

    private static void assertOrder(
            Tenant tenant, Criterion criterion, List<Sort> sort, String... ids) {
        for (int pageSize = 1; pageSize <= ids.length + 1; pageSize++) {
            Query query =
                    new Query(
                            Set.of("Patient"),
                            criterion,
                            sort,
                            pageSize,
                            Optional.empty(),
                            Query.Total.NONE);
            assertEquals(
                    List.of(ids),
                    Walk.keys(tenant, query).stream().map(ResourceKey::id).toList(),
                    "sorted by " + sort + " in pages of " + pageSize);
        }
    }

    /** {@link Sort.ValueKind#DATE}: low ascending, high descending. */
    @Test
    @Promise("dates sort by their start ascending and by their end descending, open ones outermost")
    @Needs(search = {SearchFeature.SORT, SearchFeature.DATE})
    final void required_SO02_dates() {
        Tenant tenant = newTenant();
        tenant.create(Resources.patient("long"), new SearchValue.Date("s", second(1), second(9)));
        tenant.create(Resources.patient("short"), new SearchValue.Date("s", second(2), second(3)));
        tenant.create(
                Resources.patient("until"), new SearchValue.Date("s", Instant.MIN, second(2)));
        tenant.create(
                Resources.patient("since"), new SearchValue.Date("s", second(3), Instant.MAX));
        assertSorted(
                tenant,
                new Sort.Parameter("s", Sort.ValueKind.DATE, false),
                "until",
                "long",
                "short",
                "since");
        assertSorted(
                tenant,
                new Sort.Parameter("s", Sort.ValueKind.DATE, true),
                "since",
                "long",
                "short",
                "until");
    }

    /** {@link Sort.ValueKind#REFERENCE}, {@link Sort.ValueKind#TOKEN}. */
    @Test
    @Promise("local references sort as type and id beside URIs, tokens by system after code")
    @Needs(search = {SearchFeature.SORT, SearchFeature.REFERENCE, SearchFeature.TOKEN})
    final void required_SO03_referencesAndTokens() {
        Tenant tenant = newTenant();
        tenant.create(
                Resources.patient("a"),
                new SearchValue.ExternalReference("r", "http://x"),
                new SearchValue.Token("t", "urn:b", "c", ""));
        tenant.create(
                Resources.patient("b"),
                new SearchValue.LocalReference("r", "Patient", "2", ""),
                new SearchValue.Token("t", "urn:a", "c", ""));
        tenant.create(
                Resources.patient("c"),
                new SearchValue.LocalReference("r", "Patient", "10", ""),
                new SearchValue.Token("t", "urn:z", "b", ""));
        assertSorted(
                tenant, new Sort.Parameter("r", Sort.ValueKind.REFERENCE, false), "c", "b", "a");
        assertSorted(tenant, new Sort.Parameter("t", Sort.ValueKind.TOKEN, false), "c", "b", "a");
        assertSorted(tenant, new Sort.Parameter("t", Sort.ValueKind.TOKEN, true), "a", "b", "c");
    }

    /** {@link Sort.Id}, {@link Sort.LastUpdated}. */
    @Test
    @Promise("every engine sorts by id and by the last update")
    final void required_SO04_factsOfTheResource() {
        Tenant tenant = newTenant();
        Instant start = Instant.parse("2024-01-01T00:00:00.500Z");
        tenant.commit(Resources.putAt(Resources.patient("b"), 1, start));
        tenant.commit(Resources.putAt(Resources.patient("B"), 1, start.minusMillis(1)));
        tenant.commit(Resources.putAt(Resources.patient("10"), 1, start.plusMillis(2)));
        tenant.commit(Resources.putAt(Resources.patient("9"), 1, start.plusMillis(1)));
        tenant.commit(Resources.putAt(Resources.patient("a-b"), 1, start.plusSeconds(3)));
        tenant.commit(Resources.putAt(Resources.patient("a.b"), 1, start.minusSeconds(3)));
        tenant.commit(Resources.putAt(Resources.patient("B"), 2, start.plusSeconds(9)));
        assertSorted(tenant, new Sort.Id(false), "10", "9", "B", "a-b", "a.b", "b");
        assertSorted(tenant, new Sort.Id(true), "b", "a.b", "a-b", "B", "9", "10");
        assertSorted(tenant, new Sort.LastUpdated(false), "a.b", "b", "9", "10", "a-b", "B");
        assertSorted(tenant, new Sort.LastUpdated(true), "B", "a-b", "10", "9", "b", "a.b");
    }

    /** {@link Query#sort()}. */
    @Test
    @Promise("later sort keys order what is equal, or missing, in the earlier ones")
    @Needs(search = {SearchFeature.SORT, SearchFeature.TEXT, SearchFeature.DATE})
    final void required_SO05_severalKeys() {
        Tenant tenant = newTenant();
        String[] names = {"a", "b", "", "a", "b", "", "a"};
        int[] dates = {3, 1, 5, 2, 0, 6, 3};
        for (int i = 0; i < names.length; i++) {
            List<SearchValue> values = new ArrayList<>();
            if (!names[i].isEmpty()) {
                values.add(new SearchValue.Text("name", names[i], names[i]));
            }
            if (dates[i] > 0) {
                values.add(new SearchValue.Date("date", second(dates[i]), second(dates[i] + 1)));
            }
            tenant.create(Resources.patient("p" + i), values.toArray(SearchValue[]::new));
        }
        Sort name = new Sort.Parameter("name", Sort.ValueKind.TEXT, false);
        Sort nameDescending = new Sort.Parameter("name", Sort.ValueKind.TEXT, true);
        Sort date = new Sort.Parameter("date", Sort.ValueKind.DATE, false);
        Sort dateDescending = new Sort.Parameter("date", Sort.ValueKind.DATE, true);
        Sort id = new Sort.Id(false);
        Sort idDescending = new Sort.Id(true);
        assertOrder(tenant, List.of(name, date, id), "p3", "p0", "p6", "p1", "p4", "p2", "p5");
        assertOrder(
                tenant,
                List.of(name, dateDescending, idDescending),
                "p6",
                "p0",
                "p3",
                "p1",
                "p4",
                "p5",
                "p2");
        assertOrder(
                tenant,
                List.of(nameDescending, date, idDescending),
                "p1",
                "p4",
                "p3",
                "p6",
                "p0",
                "p2",
                "p5");
    }

    /** {@link Sort.Distance}. */
    @Test
    @Promise("a sort by distance goes by the nearest position ascending, the farthest descending")
    @Needs(search = SearchFeature.NEAR)
    final void required_SO06_distance() {
        Tenant tenant = newTenant();
        tenant.create(Resources.patient("paris"), position("near", 48.8566, 2.3522));
        tenant.create(Resources.patient("none"), position("other", 52.52, 13.405));
        tenant.create(
                Resources.patient("both"),
                position("near", -17, 179.95),
                position("near", 52.52, 13.405));
        tenant.create(Resources.patient("potsdam"), position("near", 52.39, 13.065));
        assertSorted(
                tenant,
                new Sort.Distance("near", 52.51, 13.4, false),
                "both",
                "potsdam",
                "paris",
                "none");
        assertSorted(
                tenant,
                new Sort.Distance("near", 52.51, 13.4, true),
                "both",
                "paris",
                "potsdam",
                "none");
    }

    /** {@link Sort.Parameter}, {@link ValueTest.Date}. */
    @Test
    @Promise(
            "a range of dates that they are sorted by finds each resource once, also by several"
                    + " values, longer ones or ones that came later")
    @Needs(search = {SearchFeature.SORT, SearchFeature.DATE})
    final void required_SO09_sortedRangesOfDates() {
        Tenant tenant = newTenant();
        tenant.create(Resources.patient("in"), date(50, 51));
        tenant.create(Resources.patient("before"), date(10, 11));
        tenant.create(Resources.patient("after"), date(90, 91));
        tenant.create(Resources.patient("begins-in"), date(58, 62));
        tenant.create(Resources.patient("around"), date(10, 11), date(90, 91));
        tenant.create(Resources.patient("twice"), date(52, 53), date(54, 55));
        tenant.create(Resources.patient("never"), new SearchValue.Date("t", second(0), second(1)));
        var up = List.<Sort>of(new Sort.Parameter("s", Sort.ValueKind.DATE, false));
        var down = List.<Sort>of(new Sort.Parameter("s", Sort.ValueKind.DATE, true));
        assertOrder(tenant, range(), up, "around", "in", "twice", "begins-in");
        assertOrder(tenant, range(), down, "around", "begins-in", "twice", "in");
        tenant.create(Resources.patient("long"), date(-400, 500));
        assertOrder(tenant, range(), up, "long", "around", "in", "twice", "begins-in");
        tenant.update(Resources.patient("in"), date(50, 51), date(-900, -899));
        tenant.create(
                Resources.patient("ever"), new SearchValue.Date("s", Instant.MIN, Instant.MAX));
        assertOrder(tenant, range(), up, "ever", "in", "long", "around", "twice", "begins-in");
        assertOrder(tenant, range(), down, "ever", "long", "around", "begins-in", "twice", "in");
    }

    private static SearchValue date(int from, int to) {
        return new SearchValue.Date("s", second(from), second(to));
    }

    /** At or after second 40, and before second 60. */
    private static Criterion range() {
        return new Criterion.All(
                List.of(
                        new Criterion.Value(
                                "s",
                                new ValueTest.Date(
                                        ValueTest.RangeOperator.GE, second(40), second(41))),
                        new Criterion.Value(
                                "s",
                                new ValueTest.Date(
                                        ValueTest.RangeOperator.LT, second(60), second(61)))));
    }

    private static SearchValue position(String parameter, double latitude, double longitude) {
        return new SearchValue.Position(parameter, latitude, longitude);
    }
}
