package dev.andiron.kernel.composite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.tenant.TenantContext;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How many resources there are: from the primary if it knows, else about as many as its follower
 * finds.
 */
record Estimate(ResourceStore store, SearchEngine index) {

    OptionalLong total(TenantContext tenant) {
        OptionalLong known = store.count(tenant, Optional.empty());
        if (known.isPresent()) {
            return known;
        }
        try {
            var all =
                    new Query(
                            Set.of(),
                            Criterion.everything(),
                            List.of(),
                            1,
                            Optional.empty(),
                            Query.Total.NONE);
            return OptionalLong.of(index.count(tenant, all));
        } catch (StorageException away) {
            return OptionalLong.empty(); // no progress bar is worth a failure
        }
    }
}
