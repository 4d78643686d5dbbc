package dev.andiron.kernel.lent;

import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;

import java.util.List;
import java.util.Set;

/** The search values of a stored resource: the same that travel with its write. */
@FunctionalInterface
public interface ValueExtraction {

    /**
     * All values of a live resource.
     *
     * @param features what the search uses: values that only other features need may be left out
     */
    List<SearchValue> values(
            TenantContext tenant, StoredResource resource, Set<SearchFeature> features);
}
