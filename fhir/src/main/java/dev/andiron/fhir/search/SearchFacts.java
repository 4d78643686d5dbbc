package dev.andiron.fhir.search;

import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.SearchValue;

import java.time.Instant;
import java.util.List;

/**
 * All that a search looks at in one current, live resource.
 *
 * @param lastUpdated when the current version was written
 * @param values what {@link SearchValueExtractor} gives for it
 */
public record SearchFacts(ResourceKey key, Instant lastUpdated, List<SearchValue> values) {
    public SearchFacts {
        values = List.copyOf(values);
    }
}
