package dev.andiron.server.export;

import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.spi.search.Criterion;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which search parameters of a resource a criterion asks about, so that no others are evaluated.
 */
final class CriterionCodes {
    private CriterionCodes() {}

    /** Their codes; empty if all may be. */
    static Optional<Set<String>> of(Criterion criterion) {
        var codes = new HashSet<String>();
        return add(criterion, codes) ? Optional.of(codes) : Optional.empty();
    }

    private static boolean add(Criterion criterion, Set<String> codes) {
        return switch (criterion) {
            case Criterion.All all -> add(all.criteria(), codes);
            case Criterion.Any any -> add(any.criteria(), codes);
            case Criterion.Not not -> add(not.criterion(), codes);
            case Criterion.Id _, Criterion.Type _, Criterion.LastUpdated _ -> true;
            case Criterion.Value value -> codes.add(value.parameter()) || true;
            case Criterion.Present present -> codes.add(present.parameter()) || true;
            case Criterion.Chain chain -> codes.add(chain.parameter()) || true;
            case Criterion.ReverseChain _ -> true;
            case Criterion.Contained _ -> false;
        };
    }

    private static boolean add(List<Criterion> criteria, Set<String> codes) {
        boolean all = true;
        for (Criterion each : criteria) {
            all &= add(each, codes);
        }
        return all;
    }

    /** Some of a tenant's search parameters. */
    record Some(SearchParameters all, Set<String> codes) implements SearchParameters {

        @Override
        public List<SearchParameter> searchParameters(String resourceType) {
            return all.searchParameters(resourceType).stream()
                    .filter(each -> codes.contains(each.code()))
                    .toList();
        }

        @Override
        public Optional<SearchParameter> searchParameter(String resourceType, String code) {
            return all.searchParameter(resourceType, code);
        }
    }
}
