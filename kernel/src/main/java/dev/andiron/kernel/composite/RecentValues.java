package dev.andiron.kernel.composite;

import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The search values of what was just written here, so that a follower close behind need not extract
 * them again. Holds a bounded number of values; what it has forgotten is extracted.
 */
final class RecentValues {
    private static final int MOST_VALUES = 200_000;

    private final Map<Version, List<SearchValue>> values = new LinkedHashMap<>();
    private int held;

    private record Version(TenantId tenant, StoredResource resource) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Version version
                    && tenant.equals(version.tenant)
                    && resource.key().equals(version.resource.key())
                    && resource.version() == version.resource.version()
                    && resource.lastUpdated().equals(version.resource.lastUpdated());
        }

        @Override
        public int hashCode() {
            return 31 * resource.key().hashCode() + Long.hashCode(resource.version());
        }
    }

    synchronized void remember(TenantContext tenant, Mutation.Put put) {
        List<SearchValue> before =
                values.put(new Version(tenant.tenant(), put.resource()), put.searchValues());
        held += put.searchValues().size() - (before == null ? 0 : before.size());
        var eldest = values.entrySet().iterator();
        while (held > MOST_VALUES) {
            held -= eldest.next().getValue().size();
            eldest.remove();
        }
    }

    /** The values of a version, which are then forgotten. */
    synchronized Optional<List<SearchValue>> take(TenantContext tenant, StoredResource resource) {
        List<SearchValue> taken = values.remove(new Version(tenant.tenant(), resource));
        if (taken != null) {
            held -= taken.size();
        }
        return Optional.ofNullable(taken);
    }
}
