package dev.andiron.fhir.search;

/**
 * The bounds of one search.
 *
 * @param defaultCount how many matches a page has unless {@code _count} says otherwise
 * @param maximumCount the largest page; a larger {@code _count} becomes this one, and the result
 *     says so
 * @param maximumParameters how many parameters a query may have
 * @param maximumValues how many values, alternatives counted, a query may have
 * @param maximumLength how many characters a value may have, alternatives counted by themselves
 * @param maximumDepth how many references a chain may follow
 * @param maximumSortKeys how many keys a result may be sorted by
 */
public record SearchLimits(
        int defaultCount,
        int maximumCount,
        int maximumParameters,
        int maximumValues,
        int maximumLength,
        int maximumDepth,
        int maximumSortKeys) {

    public static final SearchLimits DEFAULT = new SearchLimits(20, 1000, 100, 2000, 2000, 6, 10);
}
