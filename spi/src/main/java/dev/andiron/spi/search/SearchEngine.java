package dev.andiron.spi.search;

import dev.andiron.spi.tenant.TenantContext;

/**
 * Finds current, live resources by the search values that came with their writes. A commit that was
 * acknowledged before a search begins is seen by it, unless the backend is a follower in a
 * composite. Safe for use by many threads at once.
 */
public interface SearchEngine {

    /**
     * One page of a search. While others write, following pages neither repeat nor skip a resource
     * that matches throughout and whose sort keys do not change.
     */
    SearchPage search(TenantContext tenant, Query query);

    /** How many resources match; limit, sort and cursor of the query do not matter. */
    long count(TenantContext tenant, Query query);

    /**
     * How the backend would run a query, for an operator: its own plan as text.
     *
     * @return free text without data of other tenants
     */
    String explain(TenantContext tenant, Query query);
}
