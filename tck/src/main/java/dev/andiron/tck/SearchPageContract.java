package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/** Promises of {@link SearchEngine} about pages and totals. */
@Needs(Facet.SEARCH)
abstract class SearchPageContract extends Contract {
    private static final int COUNT = 23;

    SearchPageContract(BackendContract contract) {
        super(contract);
    }

    /** {@link SearchPage#next()}. */
    @Test
    @Promise("pages of every size give the whole once, in one order, and the last names no next")
    final void required_SP01_everyPageSize() {
        Tenant tenant = newTenant();
        Set<ResourceKey> expected = write(tenant, COUNT);
        List<ResourceKey> whole = Walk.keys(tenant, query(List.of(), 1_000));
        assertEquals(expected, new TreeSet<>(whole));
        for (int pageSize = 1; pageSize <= COUNT + 1; pageSize++) {
            assertEquals(whole, Walk.keys(tenant, query(List.of(), pageSize)));
        }
        assertEquals(
                Optional.empty(),
                tenant.engine().search(tenant.context(), query(List.of(), COUNT)).next());
    }

    /** {@link Query#sort()}: ties go by an order in which a resource keeps its place. */
    @Test
    @Promise("pages of every size give the whole once when many resources sort the same")
    @Needs(search = SearchFeature.SORT)
    final void required_SP02_pagesOverTies() {
        Tenant tenant = newTenant();
        Set<ResourceKey> expected = write(tenant, COUNT);
        for (boolean descending : new boolean[] {false, true}) {
            List<Sort> sort = List.of(new Sort.Parameter("group", Sort.ValueKind.TEXT, descending));
            List<ResourceKey> whole = Walk.keys(tenant, query(sort, 1_000));
            assertEquals(expected, new TreeSet<>(whole));
            for (int pageSize = 1; pageSize <= COUNT + 1; pageSize++) {
                assertEquals(whole, Walk.keys(tenant, query(sort, pageSize)));
            }
        }
    }

    /** {@link Query#sort()}: an order in which a resource keeps its place as long as it lives. */
    @Test
    @Promise("a resource keeps its place in the default order when it is updated")
    final void required_SP03_updatesKeepTheirPlace() {
        Tenant tenant = newTenant();
        write(tenant, COUNT);
        List<ResourceKey> before = Walk.keys(tenant, query(List.of(), 5));
        for (int i = 0; i < COUNT; i += 3) {
            tenant.update(before.get(i));
        }
        assertEquals(before, Walk.keys(tenant, query(List.of(), 4)));
    }

    /** {@link SearchEngine#search}: while others write. */
    @Test
    @Promise("pages neither repeat nor skip a resource that stays, while others come and go")
    final void required_SP04_stablePages() {
        for (List<Sort> sort : sorts()) {
            Tenant tenant = newTenant();
            write(tenant, COUNT);
            Set<ResourceKey> staying = new TreeSet<>();
            for (int i = 0; i < COUNT; i++) {
                ResourceKey key = Resources.patient("p" + i);
                if (i % 4 == 1) {
                    tenant.create(Resources.patient("p" + i + "-leaves"), group(i));
                }
                staying.add(key);
            }
            List<ResourceKey> seen = new ArrayList<>();
            Query query = query(sort, 2);
            for (int step = 0; step < 100; step++) {
                SearchPage page = tenant.engine().search(tenant.context(), query);
                page.hits().forEach(hit -> seen.add(hit.key()));
                if (page.next().isEmpty()) {
                    break;
                }
                query = Walk.after(query, page);
                disturb(tenant, step, page.hits().getLast().key(), staying);
            }
            assertEquals(new HashSet<>(seen).size(), seen.size(), () -> "repeated in " + seen);
            assertTrue(
                    seen.containsAll(staying),
                    () -> "sorted by " + sort + ", skipped some of " + staying + " in " + seen);
        }
    }

    /** Creates, updates without moving, and deletes, the last seen resource among them. */
    private static void disturb(
            Tenant tenant, int step, ResourceKey lastSeen, Set<ResourceKey> staying) {
        tenant.create(Resources.patient("a" + step + "-arrives"), group(step));
        tenant.create(Resources.patient("z" + step + "-arrives"), group(step + 1));
        for (int i = 0; i < COUNT; i += 5) {
            ResourceKey updated = Resources.patient("p" + i);
            if (staying.contains(updated)) {
                tenant.update(updated, group(i));
            }
        }
        ResourceKey leaving = Resources.patient("p" + (4 * step + 1) + "-leaves");
        if (tenant.currentVersion(leaving) == 1) {
            tenant.delete(leaving);
        }
        if (step % 3 == 2 && staying.remove(lastSeen)) {
            tenant.delete(lastSeen);
        }
    }

    private List<List<Sort>> sorts() {
        List<List<Sort>> sorts = new ArrayList<>();
        sorts.add(List.of());
        sorts.add(List.of(new Sort.Id(false)));
        sorts.add(List.of(new Sort.Id(true)));
        if (capabilities().search().contains(SearchFeature.SORT)) {
            sorts.add(List.of(new Sort.Parameter("group", Sort.ValueKind.TEXT, false)));
            sorts.add(
                    List.of(
                            new Sort.Parameter("group", Sort.ValueKind.TEXT, true),
                            new Sort.Id(false)));
        }
        return sorts;
    }

    /** {@link SearchEngine#search}: safe for use by many threads at once. */
    @Test
    @Promise("pages are stable beside concurrent writers too")
    final void required_SP05_pagesBesideWriters() throws InterruptedException {
        Tenant tenant = newTenant();
        Set<ResourceKey> staying = write(tenant, 60);
        var done = new AtomicBoolean();
        var tasks = new ArrayList<Callable<Void>>();
        for (int writer = 0; writer < 4; writer++) {
            String name = "w" + writer + "-";
            int own = 15 * writer;
            tasks.add(
                    () -> {
                        for (int i = 0; !done.get() && i < 200; i++) {
                            ResourceKey key = Resources.patient(name + i);
                            tenant.create(key, group(i));
                            tenant.update(Resources.patient("p" + (own + i % 15)));
                            if (i % 2 == 0) {
                                tenant.delete(key);
                            }
                        }
                        return null;
                    });
        }
        tasks.add(
                () -> {
                    try {
                        for (int i = 0; i < 4; i++) {
                            List<ResourceKey> seen =
                                    Walk.keys(tenant, query(List.of(), 7 + i)).stream()
                                            .filter(staying::contains)
                                            .toList();
                            assertEquals(staying, new TreeSet<>(seen));
                            assertEquals(staying.size(), seen.size(), "repeated");
                        }
                    } finally {
                        done.set(true);
                    }
                    return null;
                });
        Race.run(tasks);
    }

    /** {@link Query#limit()}: 0 asks for none. */
    @Test
    @Promise("a limit of 0 gives no hits, and the total if it was asked for")
    final void required_SP06_limitZero() {
        Tenant tenant = newTenant();
        write(tenant, 5);
        SearchPage page = tenant.engine().search(tenant.context(), query(List.of(), 0));
        assertEquals(List.of(), page.hits());
        if (capabilities().search().contains(SearchFeature.TOTAL)) {
            assertEquals(OptionalLong.of(5), total(tenant, 0, Query.Total.ACCURATE));
        }
    }

    /** {@link SearchPage#total()}. */
    @Test
    @Promise("an accurate total is that of all matches, on every page")
    @Needs(search = SearchFeature.TOTAL)
    final void required_SP07_totals() {
        Tenant tenant = newTenant();
        assertEquals(OptionalLong.of(0), total(tenant, 3, Query.Total.ACCURATE));
        write(tenant, 7);
        tenant.create(Resources.observation("other-type"));
        tenant.delete(Resources.patient("p3"));
        tenant.update(Resources.patient("p4"), group(4));
        Query query =
                new Query(
                        Set.of("Patient"),
                        Criterion.everything(),
                        List.of(),
                        2,
                        Optional.empty(),
                        Query.Total.ACCURATE);
        for (int i = 0; i < 3; i++) {
            SearchPage page = tenant.engine().search(tenant.context(), query);
            assertEquals(OptionalLong.of(6), page.total());
            query = Walk.after(query, page);
        }
        assertTrue(total(tenant, 2, Query.Total.ESTIMATE).orElse(6) >= 0);
    }

    private static OptionalLong total(Tenant tenant, int limit, Query.Total total) {
        return tenant.engine()
                .search(
                        tenant.context(),
                        new Query(
                                Set.of("Patient"),
                                Criterion.everything(),
                                List.of(),
                                limit,
                                Optional.empty(),
                                total))
                .total();
    }

    /** {@link SearchEngine#count}: limit, sort and cursor do not matter. */
    @Test
    @Promise("a count is that of all matches, whatever the limit, the sort and the cursor")
    final void required_SP08_counts() {
        Tenant tenant = newTenant();
        write(tenant, 9);
        for (List<Sort> sort : sorts()) {
            Query first = query(sort, 4);
            SearchPage page = tenant.engine().search(tenant.context(), first);
            assertEquals(9, tenant.engine().count(tenant.context(), first));
            assertEquals(9, tenant.engine().count(tenant.context(), Walk.after(first, page)));
            assertEquals(9, tenant.engine().count(tenant.context(), query(sort, 0)));
        }
    }

    /** {@link SearchEngine#explain}. */
    @Test
    @Promise("a search explains itself in words for an operator")
    final void required_SP09_explains() {
        Tenant tenant = newTenant();
        write(tenant, 2);
        String plan = tenant.engine().explain(tenant.context(), query(List.of(), 5));
        assertTrue(!plan.isBlank(), "the explanation is empty");
    }

    /** {@link SearchEngine}: limits are larger than what there is, criteria wide. */
    @Test
    @Promise("a page may be as large as a thousand hits, and a criterion as wide")
    @Needs(search = SearchFeature.TOKEN)
    final void required_SP10_largePages() {
        Tenant tenant = newTenant();
        List<Mutation> puts = new ArrayList<>();
        List<Criterion> wide = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            var value = new SearchValue.Token("code", "urn:s", "c" + i, "");
            puts.add(Resources.put(Resources.patient("p" + i), 1, value));
            if (i % 4 == 0) {
                var test = new ValueTest.Token(Optional.of("urn:s"), Optional.of("c" + i));
                wide.add(new Criterion.Value("code", test));
            }
        }
        tenant.commit(puts.toArray(Mutation[]::new));
        assertEquals(1_000, Walk.keys(tenant, query(List.of(), 1_000)).size());
        Query query = Query.of("Patient", new Criterion.Any(wide), 100);
        assertEquals(wide.size(), new HashSet<>(Walk.keys(tenant, query)).size());
        assertEquals(wide.size(), tenant.engine().count(tenant.context(), query));
    }

    private static Set<ResourceKey> write(Tenant tenant, int count) {
        Set<ResourceKey> keys = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            ResourceKey key = Resources.patient("p" + i * 11 % count);
            tenant.create(key, group(i * 11 % count));
            keys.add(key);
        }
        return keys;
    }

    /** One of three values, or none. */
    private static SearchValue[] group(int i) {
        return i % 4 == 3
                ? new SearchValue[0]
                : new SearchValue[] {new SearchValue.Text("group", "g" + i % 4, "G" + i % 4)};
    }

    private static Query query(List<Sort> sort, int limit) {
        return new Query(
                Set.of("Patient"),
                Criterion.everything(),
                sort,
                limit,
                Optional.empty(),
                Query.Total.NONE);
    }
}
