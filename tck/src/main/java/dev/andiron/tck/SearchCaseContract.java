package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.SearchCases;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Searches as FHIR's standard defines them, from one list that every backend is held to. */
@Needs(Facet.SEARCH)
abstract class SearchCaseContract extends Contract {
    private static final System.Logger LOG = System.getLogger(SearchCaseContract.class.getName());

    SearchCaseContract(BackendContract contract) {
        super(contract);
    }

    /** {@link dev.andiron.spi.search.SearchEngine}, with what FHIR means. */
    @TestFactory
    @Promise("searches find what the standard says, whatever the page size")
    final Stream<DynamicTest> required_SC01_standardSearches() {
        var tests = new ArrayList<DynamicTest>();
        long declared = 0;
        for (SearchCases.Theme theme : SearchCases.all()) {
            Tenant tenant = newTenant();
            tenant.commit(
                    theme.resources().stream()
                            .map(SearchCaseContract::put)
                            .toArray(Mutation[]::new));
            for (SearchCases.Case each : theme.cases()) {
                declared += undeclared(each).isEmpty() ? 1 : 0;
                tests.add(
                        DynamicTest.dynamicTest(
                                theme.name() + ": " + each.url(), () -> check(tenant, each)));
            }
        }
        LOG.log(
                System.Logger.Level.INFO,
                declared + " of " + tests.size() + " standard searches need what is declared");
        return tests.stream();
    }

    private static Mutation put(SearchCases.Stored stored) {
        return new Mutation.Put(
                Resources.version(stored.key(), 1, stored.lastUpdated()), stored.values());
    }

    private Set<SearchFeature> undeclared(SearchCases.Case each) {
        var missing = new TreeSet<SearchFeature>(each.features());
        missing.removeAll(capabilities().search());
        return missing;
    }

    private void check(Tenant tenant, SearchCases.Case each) {
        Set<SearchFeature> missing = undeclared(each);
        if (!missing.isEmpty()) {
            Assumptions.abort("not declared: " + missing);
        }
        for (int pageSize : new int[] {100, 2}) {
            List<ResourceKey> found = Walk.keys(tenant, withLimit(each.query(), pageSize));
            if (each.ordered()) {
                assertEquals(each.expected(), found, () -> each.url() + " in order");
            } else {
                assertEquals(
                        new TreeSet<>(each.expected()), new TreeSet<>(found), () -> each.url());
            }
            assertEquals(new HashSet<>(found).size(), found.size(), "a resource was found twice");
        }
        assertEquals(
                each.expected().size(),
                tenant.engine().count(tenant.context(), each.query()),
                () -> each.url() + " was counted");
    }

    private static Query withLimit(Query query, int limit) {
        return new Query(
                query.types(),
                query.criterion(),
                query.sort(),
                limit,
                query.after(),
                Query.Total.NONE);
    }
}
