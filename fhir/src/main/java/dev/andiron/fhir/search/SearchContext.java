package dev.andiron.fhir.search;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.terminology.ResourceLookup;

/**
 * What is the tenant's own in a search.
 *
 * @param parameters the search parameters that may be used
 * @param lookup where lists, value sets and code systems are found
 */
public record SearchContext(SearchParameters parameters, ResourceLookup lookup) {

    /** The standard's parameters, and no resources to look up. */
    public static SearchContext standard(Definitions definitions) {
        return new SearchContext(definitions, ResourceLookup.none());
    }
}
