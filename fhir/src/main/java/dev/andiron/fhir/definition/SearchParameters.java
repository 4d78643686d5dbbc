package dev.andiron.fhir.definition;

import java.util.List;
import java.util.Optional;

/**
 * The search parameters that there are: those of the standard, and for a tenant also its own. Safe
 * for use by many threads; what one value answers never changes, so that what was derived from it
 * may be kept.
 */
public interface SearchParameters {

    /**
     * The search parameters of a resource type, those of {@code Resource} and {@code
     * DomainResource} included.
     *
     * @param resourceType a resource type, abstract ones included; others have none
     */
    List<SearchParameter> searchParameters(String resourceType);

    /** The search parameter of a resource type with a code, inherited ones included. */
    Optional<SearchParameter> searchParameter(String resourceType, String code);
}
