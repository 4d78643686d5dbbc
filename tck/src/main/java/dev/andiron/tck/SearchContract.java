package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

/** Promises of {@link SearchEngine} about what is found. */
@Needs(Facet.SEARCH)
abstract class SearchContract extends Contract {
    private static final ResourceKey KEY = Resources.patient("1");

    SearchContract(BackendContract contract) {
        super(contract);
    }

    /** {@link SearchEngine}: a commit that was acknowledged before a search begins is seen. */
    @Test
    @Promise("an update replaces all search values of the version before")
    @Needs(search = SearchFeature.TOKEN)
    final void required_SE01_updatesReplaceValues() {
        Tenant tenant = newTenant();
        tenant.create(KEY, token("a"), token("b"));
        assertFound(tenant, "a", KEY);
        assertFound(tenant, "b", KEY);
        tenant.update(KEY, token("b"), token("c"));
        assertFound(tenant, "a");
        assertFound(tenant, "b", KEY);
        assertFound(tenant, "c", KEY);
        tenant.update(KEY);
        assertFound(tenant, "b");
        assertFound(tenant, "c");
    }

    /** {@link dev.andiron.spi.resource.Mutation.Delete}: searches find it no more. */
    @Test
    @Promise("a deleted resource is found no more, until it is written again")
    @Needs(search = SearchFeature.TOKEN)
    final void required_SE02_deletesHide() {
        Tenant tenant = newTenant();
        tenant.create(KEY, token("a"));
        tenant.delete(KEY);
        assertFound(tenant, "a");
        tenant.update(KEY, token("b"));
        assertFound(tenant, "a");
        assertFound(tenant, "b", KEY);
    }

    /** {@link Hit#resource()}. */
    @Test
    @Promise("a hit carries the current version, if it carries one")
    final void required_SE03_hitsCarryCurrentVersions() {
        Tenant tenant = newTenant();
        tenant.create(KEY);
        StoredResource current = tenant.update(KEY);
        List<Hit> hits = Walk.search(tenant, Query.of("Patient", Criterion.everything(), 10));
        assertEquals(1, hits.size());
        assertTrue(
                hits.getFirst().resource().isEmpty()
                        || hits.getFirst().resource().get().equals(current));
    }

    private static SearchValue token(String code) {
        return new SearchValue.Token("code", "urn:s", code, "");
    }

    private static void assertFound(Tenant tenant, String code, ResourceKey... expected) {
        Criterion criterion =
                new Criterion.Value(
                        "code", new ValueTest.Token(Optional.of("urn:s"), Optional.of(code)));
        Query query = Query.of("Patient", criterion, 10);
        assertEquals(List.of(expected), Walk.keys(tenant, query));
        assertEquals(expected.length, tenant.engine().count(tenant.context(), query));
    }
}
