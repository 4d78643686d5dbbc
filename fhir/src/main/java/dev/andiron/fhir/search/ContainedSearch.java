package dev.andiron.fhir.search;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchValue;

import java.util.List;

/**
 * How a search asks for contained resources ({@code _contained} and {@code _containedType}). Its
 * query finds the containing resources; what matched in them is told by {@link #matches}.
 *
 * @param criterion what contained resources are looked for
 * @param plainToo whether resources match that are not contained, too ({@code _contained=both})
 * @param returned what the result holds for a contained resource that matches
 */
public record ContainedSearch(Criterion.Contained criterion, boolean plainToo, Returned returned) {

    /** What {@code _containedType} asks for. */
    public enum Returned {
        /** The resource that contains the match. */
        CONTAINER,
        /** The contained resource itself. */
        CONTAINED
    }

    /**
     * The contained resources of a hit that match; without any, the hit matches by itself.
     *
     * @param hit with the values that {@link SearchValueExtractor#extract} gives for contained
     *     resources
     */
    public List<SearchValue.Contained> matches(SearchFacts hit, SearchLinks links) {
        return new CriterionEvaluator(links).containedMatches(criterion, hit, Integer.MAX_VALUE);
    }
}
