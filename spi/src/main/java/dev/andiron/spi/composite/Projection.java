package dev.andiron.spi.composite;

import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchValue;

import java.util.List;

/**
 * The state of one resource at a position of the primary's change feed, as a follower keeps it. A
 * projection replaces what the follower has for the key unless that is from a later position, so
 * that repeated and reordered deliveries do no harm.
 */
public sealed interface Projection {

    /** The position in the tenant's change feed that this state is of. */
    long position();

    ResourceKey key();

    /**
     * The resource lives.
     *
     * @param resource its current version
     * @param searchValues what searches find it by
     */
    record Present(long position, StoredResource resource, List<SearchValue> searchValues)
            implements Projection {
        public Present {
            if (resource.deleted()) {
                throw new IllegalArgumentException("a deleted resource is absent");
            }
            searchValues = List.copyOf(searchValues);
        }

        @Override
        public ResourceKey key() {
            return resource.key();
        }
    }

    /** The resource is deleted, or purged: searches find it no more. */
    record Absent(long position, ResourceKey key) implements Projection {}
}
