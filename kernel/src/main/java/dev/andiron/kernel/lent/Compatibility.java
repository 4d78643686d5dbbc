package dev.andiron.kernel.lent;

import dev.andiron.fhir.search.CriterionEvaluator;
import dev.andiron.fhir.search.SearchFacts;
import dev.andiron.fhir.search.SearchLinks;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchValue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Commits that may be written as one, one behind the other: what one writes neither concerns what
 * the next relies on nor what it changes. Used by one thread.
 */
final class Compatibility {
    /** Criteria that lead to other resources are not judged here. */
    private static final SearchLinks NOWHERE =
            new SearchLinks() {
                @Override
                public Optional<SearchFacts> find(ResourceKey key) {
                    throw new IllegalStateException("a criterion leads to " + key);
                }

                @Override
                public Iterable<SearchFacts> referringTo(
                        ResourceKey target, String sourceType, String parameter) {
                    throw new IllegalStateException("a criterion leads back to " + target);
                }
            };

    private final Function<Mutation.Put, List<SearchValue>> values;
    private final CriterionEvaluator evaluator = new CriterionEvaluator(NOWHERE);
    private final Set<ResourceKey> changed = new HashSet<>();
    private final Set<String> types = new HashSet<>();
    private final List<SearchFacts> written = new ArrayList<>();

    /**
     * @param values what the criteria of all these commits ask about, of something that is written
     */
    Compatibility(Function<Mutation.Put, List<SearchValue>> values) {
        this.values = values;
    }

    /** Takes a commit in, if it does not mind what was taken in before. */
    boolean take(Commit commit) {
        if (commit.mutations().stream().anyMatch(mutation -> changed.contains(mutation.key()))
                || commit.preconditions().stream().anyMatch(this::minds)) {
            return false;
        }
        for (Mutation mutation : commit.mutations()) {
            changed.add(mutation.key());
            types.add(mutation.key().type());
            if (mutation instanceof Mutation.Put put) {
                StoredResource resource = put.resource();
                written.add(
                        new SearchFacts(resource.key(), resource.lastUpdated(), values.apply(put)));
            }
        }
        return true;
    }

    private boolean minds(Precondition precondition) {
        return switch (precondition) {
            case Precondition.VersionIs is -> changed.contains(is.key());
            case Precondition.Unchanged unchanged -> minds(unchanged.types());
            case Precondition.NoMatch(var type, var criterion) -> minds(type, criterion);
            case Precondition.OnlyMatch(var criterion, var key) ->
                    changed.contains(key) || minds(key.type(), criterion);
        };
    }

    private boolean minds(Set<String> relied) {
        return relied.isEmpty() ? !types.isEmpty() : relied.stream().anyMatch(types::contains);
    }

    /** Whether something that was written matches, or that cannot be told without a search. */
    private boolean minds(String type, Criterion criterion) {
        return minds(TouchedTypes.of(type, criterion))
                && (leadsElsewhere(criterion)
                        || written.stream()
                                .filter(facts -> facts.key().type().equals(type))
                                .anyMatch(facts -> evaluator.matches(criterion, facts)));
    }

    private static boolean leadsElsewhere(Criterion criterion) {
        return switch (criterion) {
            case Criterion.All(List<Criterion> all) ->
                    all.stream().anyMatch(Compatibility::leadsElsewhere);
            case Criterion.Any(List<Criterion> any) ->
                    any.stream().anyMatch(Compatibility::leadsElsewhere);
            case Criterion.Not(Criterion not) -> leadsElsewhere(not);
            case Criterion.Contained contained -> leadsElsewhere(contained.criterion());
            case Criterion.Chain _, Criterion.ReverseChain _ -> true;
            case Criterion.Id _,
                    Criterion.Type _,
                    Criterion.LastUpdated _,
                    Criterion.Value _,
                    Criterion.Present _ ->
                    false;
        };
    }
}
