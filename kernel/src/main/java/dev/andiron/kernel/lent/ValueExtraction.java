package dev.andiron.kernel.lent;

import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchValue;

import java.util.List;

/** The search values of a stored resource: the same that travel with its write. */
@FunctionalInterface
public interface ValueExtraction {

    /** All values of a live resource. */
    List<SearchValue> values(StoredResource resource);
}
