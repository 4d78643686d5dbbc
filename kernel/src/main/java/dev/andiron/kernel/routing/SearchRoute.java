package dev.andiron.kernel.routing;

import dev.andiron.spi.search.SearchFeature;

import java.util.Set;

/** Who answers a search. */
public sealed interface SearchRoute {

    /** The backend itself. */
    record Native() implements SearchRoute {}

    /**
     * The kernel, by scanning the store.
     *
     * @param missing the features that the backend's own engine lacks; empty when it has none
     */
    record Lent(Set<SearchFeature> missing) implements SearchRoute {}

    /**
     * Nobody: it is refused.
     *
     * @param missing the features that are to be had from nobody
     */
    record Refused(Set<SearchFeature> missing) implements SearchRoute {}
}
