package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;

import java.util.List;
import java.util.Optional;

/**
 * What the criteria of a conditional interaction find.
 *
 * @param criterion what they mean
 * @param keys the live resources that match, up to the number asked for
 */
public record Matches(Criterion criterion, List<ResourceKey> keys) {

    /** Finds up to {@code limit} matches. */
    public static Matches find(
            Services services, FhirRequest request, String type, Criterion criterion, int limit) {
        var page =
                services.storage()
                        .currentSearch()
                        .search(request.tenant(), Query.of(type, criterion, limit));
        return new Matches(criterion, page.hits().stream().map(Hit::key).toList());
    }

    /**
     * The one match, if any.
     *
     * @throws FhirException 412 if there are several
     */
    public Optional<ResourceKey> single(String type, Parameters criteria) {
        if (keys.size() > 1) {
            throw new FhirException(
                    412,
                    "multiple-matches",
                    "%s?%s matches more than one resource; a conditional interaction needs one."
                            .formatted(type, criteria.encoded()));
        }
        return keys.stream().findFirst();
    }
}
