package dev.andiron.kernel.lent;

import dev.andiron.fhir.search.CriterionEvaluator;
import dev.andiron.fhir.search.SearchFacts;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Says of resources that somebody has at hand whether they match a criterion, as a search would.
 * Used by one thread.
 */
public final class ResourceMatcher {
    private static final int MOST_REFERENCES = 500_000;

    private final Criterion criterion;
    private final CriterionEvaluator evaluator;

    /**
     * @param store where chains lead
     * @param extraction the values of what they lead to
     */
    public ResourceMatcher(
            ResourceStore store,
            TenantContext tenant,
            Criterion criterion,
            ValueExtraction extraction) {
        this.criterion = criterion;
        Set<SearchFeature> features = features(criterion);
        evaluator =
                new CriterionEvaluator(
                        new ScanLinks(
                                store,
                                tenant,
                                resource -> extraction.values(tenant, resource, features),
                                MOST_REFERENCES));
    }

    /** What values have to be extracted for. */
    public static Set<SearchFeature> features(Criterion criterion) {
        return Set.copyOf(
                QueryFeatures.of(
                        new Query(
                                Set.of(),
                                criterion,
                                List.of(),
                                1,
                                Optional.empty(),
                                Query.Total.NONE)));
    }

    /**
     * Whether a resource matches.
     *
     * @param values those of the resource that the criterion asks about, at least
     */
    public boolean matches(StoredResource resource, List<SearchValue> values) {
        return evaluator.matches(
                criterion, new SearchFacts(resource.key(), resource.lastUpdated(), values));
    }
}
