package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.Atomicity;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Promises of {@link Sort} for so many matches that an engine may find their pages otherwise. */
@Needs(Facet.SEARCH)
abstract class SearchManyContract extends Contract {

    SearchManyContract(BackendContract contract) {
        super(contract);
    }

    /** How many resources make it worth to find a sorted page without looking at all matches. */
    private static final int MANY = 4_500;

    private static final int GROUPS = 7;

    /** One of many: what it is found and sorted by. */
    private record Numbered(int number) {

        List<SearchValue> values() {
            var values = new ArrayList<SearchValue>();
            values.add(token("all", "same"));
            values.add(token("half", number % 2 == 0 ? "even" : "odd"));
            values.add(token("other", number % 2 == 0 ? "yes" : "no"));
            values.add(token("late", number < MANY - 90 ? "no" : "yes"));
            values.add(new SearchValue.Text("group", group(), group()));
            for (int date : dates()) {
                values.add(new SearchValue.Date("date", second(date), second(date + 1)));
            }
            return values;
        }

        private static SearchValue token(String parameter, String code) {
            return new SearchValue.Token(parameter, "urn:s", code, "");
        }

        String group() {
            return "group" + number % GROUPS;
        }

        /** None for some, two for some, and the same for several. */
        List<Integer> dates() {
            if (number % 11 == 0) {
                return List.of();
            }
            int date = number * 7 % 1_500;
            return number % 13 == 0 ? List.of(date, 1_500 - date) : List.of(date);
        }

        Optional<Integer> firstDate() {
            return dates().stream().min(Comparator.naturalOrder());
        }

        Optional<Integer> lastDate() {
            return dates().stream().max(Comparator.naturalOrder());
        }
    }

    private static Instant second(int i) {
        return Instant.parse("1969-12-31T23:59:58Z").plusSeconds(i);
    }

    /** {@link Query#sort()}, {@link Criterion.All}. */
    @Test
    @Promise("sorted pages are whole and in order when many resources pass several criteria")
    @Needs(
            search = {
                SearchFeature.SORT,
                SearchFeature.TEXT,
                SearchFeature.TOKEN,
                SearchFeature.DATE
            })
    final void required_SO07_manyMatches() {
        Tenant tenant = newTenant();
        List<Numbered> many = IntStream.range(0, MANY).mapToObj(Numbered::new).toList();
        write(tenant, many);
        Comparator<Optional<Integer>> missingLast =
                Comparator.comparing(date -> date.orElse(Integer.MAX_VALUE));
        Comparator<Optional<Integer>> latestFirst =
                Comparator.comparing(date -> -date.orElse(Integer.MIN_VALUE + 1));
        Comparator<Numbered> ascending = Comparator.comparing(Numbered::firstDate, missingLast);
        Comparator<Numbered> descending = Comparator.comparing(Numbered::lastDate, latestFirst);
        Sort date = new Sort.Parameter("date", Sort.ValueKind.DATE, false);
        Sort dateDescending = new Sort.Parameter("date", Sort.ValueKind.DATE, true);
        Sort group = new Sort.Parameter("group", Sort.ValueKind.TEXT, true);
        Comparator<Numbered> byGroup = Comparator.comparing(Numbered::group).reversed();
        assertWhole(tenant, many, List.of(date), ascending);
        assertWhole(tenant, many, List.of(dateDescending), descending);
        assertWhole(
                tenant,
                many,
                List.of(dateDescending, new Sort.LastUpdated(true)),
                descending.thenComparing(Numbered::number, Comparator.reverseOrder()));
        assertWhole(tenant, many, List.of(group, date), byGroup.thenComparing(ascending));
        assertWhole(
                tenant,
                many,
                List.of(new Sort.LastUpdated(true)),
                Comparator.comparing(Numbered::number).reversed());
    }

    private void write(Tenant tenant, List<Numbered> many) {
        int most = capabilities().atomicity() == Atomicity.COMMIT ? MANY / 3 : 1;
        for (int i = 0; i < many.size(); i += most) {
            tenant.commit(
                    many.subList(i, i + most).stream()
                            .map(
                                    each ->
                                            Resources.put(
                                                    Resources.patient("p" + each.number()),
                                                    1,
                                                    each.values().toArray(SearchValue[]::new)))
                            .toArray(Mutation[]::new));
        }
    }

    private static void assertWhole(
            Tenant tenant, List<Numbered> many, List<Sort> sort, Comparator<Numbered> order) {
        Criterion all = value("all", "same");
        Criterion even = value("half", "even");
        assertWhole(
                tenant, many, new Criterion.All(List.of(all, even)), sort, order, i -> i % 2 == 0);
        assertWhole(
                tenant,
                many,
                new Criterion.All(List.of(even, value("other", "no"))),
                sort,
                order,
                _ -> false);
        assertWhole(
                tenant,
                many,
                new Criterion.All(List.of(all, new Criterion.Not(value("late", "no")))),
                sort,
                order,
                i -> i >= MANY - 90);
    }

    private static Criterion value(String parameter, String code) {
        return new Criterion.Value(
                parameter, new ValueTest.Token(Optional.of("urn:s"), Optional.of(code)));
    }

    /** Ties are in an order of the backend's own, which pages of another size repeat. */
    private static void assertWhole(
            Tenant tenant,
            List<Numbered> many,
            Criterion criterion,
            List<Sort> sort,
            Comparator<Numbered> order,
            IntPredicate wanted) {
        List<Numbered> whole = walk(tenant, criterion, sort, MANY);
        assertEquals(
                many.stream().filter(each -> wanted.test(each.number())).toList(),
                whole.stream().sorted(Comparator.comparing(Numbered::number)).toList(),
                () -> "%s sorted by %s".formatted(criterion, sort));
        for (int i = 1; i < whole.size(); i++) {
            Numbered before = whole.get(i - 1);
            Numbered after = whole.get(i);
            assertTrue(
                    order.compare(before, after) <= 0,
                    () -> "%s in front of %s, sorted by %s".formatted(before, after, sort));
        }
        assertEquals(whole, walk(tenant, criterion, sort, 1_500), () -> "pages of 1500 by " + sort);
        Query first = query(criterion, sort, 20);
        assertEquals(
                whole.subList(0, Math.min(20, whole.size())),
                numbered(
                        tenant.engine().search(tenant.context(), first).hits().stream()
                                .map(Hit::key)
                                .toList()),
                () -> "the first page by " + sort);
    }

    private static List<Numbered> walk(
            Tenant tenant, Criterion criterion, List<Sort> sort, int pageSize) {
        return numbered(Walk.keys(tenant, query(criterion, sort, pageSize)));
    }

    private static List<Numbered> numbered(List<ResourceKey> keys) {
        return keys.stream()
                .map(key -> new Numbered(Integer.parseInt(key.id().substring(1))))
                .toList();
    }

    private static Query query(Criterion criterion, List<Sort> sort, int limit) {
        return new Query(
                Set.of("Patient"), criterion, sort, limit, Optional.empty(), Query.Total.NONE);
    }
}
