package dev.andiron.fhir.search;

import dev.andiron.spi.resource.ResourceKey;

import java.util.Optional;

/** Where {@link CriterionEvaluator} finds the other resources that chains lead to. */
public interface SearchLinks {

    /** The current, live resource of a key. */
    Optional<SearchFacts> find(ResourceKey key);

    /**
     * Current, live resources of a type: at least all that refer to the target by the parameter.
     * The evaluator checks that itself, so more of the type may be given.
     */
    Iterable<SearchFacts> referringTo(ResourceKey target, String sourceType, String parameter);
}
