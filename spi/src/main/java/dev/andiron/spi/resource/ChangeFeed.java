package dev.andiron.spi.resource;

import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.util.List;

/**
 * Everything that was committed, in the order of commits: what secondary backends, reindexing,
 * reconciliation and incremental exports follow. A reader that goes on from the last position it
 * has seen misses nothing and sees nothing twice or out of order, whatever is written meanwhile and
 * whatever crashes. The changes of an atomic commit are not mixed with those of another. Versions
 * that a purge has erased since are left out; the purge itself stays. Safe for use by many threads
 * at once.
 */
public interface ChangeFeed {

    /**
     * The changes behind a position, ascending.
     *
     * @param after only changes with a larger position; 0 starts at the first
     * @param limit how many at most, from 1
     * @return fewer than {@code limit} only when the end was reached
     */
    List<Change> changes(TenantContext tenant, long after, int limit);

    /** The position of the last change; 0 when there is none. */
    long last(TenantContext tenant);

    /**
     * The tenants that have changes, ascending by name. Administrative: the one call that is not
     * about a single tenant.
     *
     * @param after only names behind this one in the order of {@link String#compareTo}; empty
     *     starts at the first
     * @param limit how many at most, from 1
     */
    List<TenantId> tenants(String after, int limit);
}
