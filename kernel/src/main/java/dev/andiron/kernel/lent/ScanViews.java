package dev.andiron.kernel.lent;

import dev.andiron.fhir.view.CompiledView;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.view.RowCursor;

import java.util.List;
import java.util.OptionalLong;

/**
 * Runs any view over any store, in the server: resources are scanned, or searched for when there is
 * a filter, evaluated in parallel chunks, and their rows given in the order of the resources.
 * Memory is bounded by the chunks on their way, whatever the number of resources. The limit ends
 * the reading, and so does closing the cursor.
 */
public final class ScanViews {
    private static final int BESIDE = Math.max(2, Runtime.getRuntime().availableProcessors());

    private final ResourceStore store;
    private final SearchEngine search;

    /**
     * Over a store.
     *
     * @param search finds the resources that pass a filter; of the backend, or lent
     */
    public ScanViews(ResourceStore store, SearchEngine search) {
        this.store = store;
        this.search = search;
    }

    /**
     * The rows over the current, live resources of a tenant.
     *
     * @param filter only resources that match
     * @param limit how many rows at most; empty gives all
     */
    public RowCursor run(
            TenantContext tenant, CompiledView view, Criterion filter, OptionalLong limit) {
        String type = view.resourceType();
        ResourceSource source =
                filter.equals(Criterion.everything())
                        ? ResourceSource.scan(store, tenant, type)
                        : ResourceSource.search(search, store, tenant, type, filter);
        return rows(view, source, limit);
    }

    /** The rows over resources that are given; those of other types give none. */
    public static RowCursor over(CompiledView view, List<Json> resources, OptionalLong limit) {
        return rows(view, ResourceSource.of(resources), limit);
    }

    private static RowCursor rows(CompiledView view, ResourceSource source, OptionalLong limit) {
        return new ScanRows(view, source, limit.orElse(Long.MAX_VALUE), BESIDE);
    }
}
