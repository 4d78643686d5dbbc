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
 * them again. Holds a bounded number of values, the oldest ones, for those are asked for next; what
 * nobody has asked for in a minute makes room. What is not here is extracted.
 */
final class RecentValues {
    private static final int MOST_VALUES = 200_000;
    private static final long LONGEST_NANOS = 60_000_000_000L;

    private final Map<Version, Remembered> values = new LinkedHashMap<>();
    private int held;

    private record Remembered(List<SearchValue> values, long nanos) {
        int weight() {
            return 1 + values.size();
        }
    }

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
        take(tenant, put.resource());
        var remembered = new Remembered(put.searchValues(), System.nanoTime());
        var eldest = values.values().iterator();
        while (eldest.hasNext() && held + remembered.weight() > MOST_VALUES) {
            Remembered each = eldest.next();
            if (remembered.nanos() - each.nanos() < LONGEST_NANOS) {
                return;
            }
            held -= each.weight();
            eldest.remove();
        }
        if (remembered.weight() <= MOST_VALUES) {
            values.put(new Version(tenant.tenant(), put.resource()), remembered);
            held += remembered.weight();
        }
    }

    /** The values of a version, which are then forgotten. */
    synchronized Optional<List<SearchValue>> take(TenantContext tenant, StoredResource resource) {
        Remembered taken = values.remove(new Version(tenant.tenant(), resource));
        if (taken == null) {
            return Optional.empty();
        }
        held -= taken.weight();
        return Optional.of(taken.values());
    }
}
