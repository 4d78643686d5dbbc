package dev.andiron.fhir.search;

import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Says whether a resource matches a criterion: the meaning that every backend shares. Safe for use
 * by many threads.
 */
public final class CriterionEvaluator {
    private final SearchLinks links;

    /**
     * Evaluates with chains.
     *
     * @param links leads chains to other resources
     */
    public CriterionEvaluator(SearchLinks links) {
        this.links = links;
    }

    /** Whether a resource matches. */
    public boolean matches(Criterion criterion, SearchFacts resource) {
        return switch (criterion) {
            case Criterion.All all -> {
                for (Criterion each : all.criteria()) {
                    if (!matches(each, resource)) {
                        yield false;
                    }
                }
                yield true;
            }
            case Criterion.Any any -> {
                for (Criterion each : any.criteria()) {
                    if (matches(each, resource)) {
                        yield true;
                    }
                }
                yield false;
            }
            case Criterion.Not not -> !matches(not.criterion(), resource);
            case Criterion.Id id -> id.ids().contains(resource.key().id());
            case Criterion.Type type -> type.types().contains(resource.key().type());
            case Criterion.LastUpdated updated -> lastUpdated(updated, resource.lastUpdated());
            case Criterion.Value value -> hasValue(value.parameter(), value.test(), resource);
            case Criterion.Present present -> isPresent(present.parameter(), resource);
            case Criterion.Chain chain -> chain(chain, resource);
            case Criterion.ReverseChain chain -> reverseChain(chain, resource);
            case Criterion.Contained contained -> contained(contained, resource);
        };
    }

    private static boolean lastUpdated(Criterion.LastUpdated test, Instant at) {
        return Ranges.test(test.operator(), test.low(), test.high(), at, at.plusMillis(1));
    }

    private static boolean hasValue(String parameter, ValueTest test, SearchFacts resource) {
        for (SearchValue value : resource.values()) {
            if (value.parameter().equals(parameter) && ValueMatcher.matches(test, value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPresent(String parameter, SearchFacts resource) {
        for (SearchValue value : resource.values()) {
            if (value.parameter().equals(parameter)) {
                return true;
            }
        }
        return false;
    }

    private boolean chain(Criterion.Chain chain, SearchFacts resource) {
        for (SearchValue value : resource.values()) {
            if (value instanceof SearchValue.LocalReference reference
                    && reference.parameter().equals(chain.parameter())
                    && leadsToMatch(reference, chain.targetTypes(), chain.target())) {
                return true;
            }
        }
        return false;
    }

    private boolean leadsToMatch(
            SearchValue.LocalReference reference, Set<String> types, Criterion target) {
        return types.contains(reference.type())
                && links.find(new ResourceKey(reference.type(), reference.id()))
                        .filter(found -> matches(target, found))
                        .isPresent();
    }

    private static SearchFacts inside(SearchValue.Contained contained, SearchFacts resource) {
        return new SearchFacts(
                new ResourceKey(contained.type(), contained.id()),
                resource.lastUpdated(),
                contained.values());
    }

    private boolean contained(Criterion.Contained wanted, SearchFacts resource) {
        return !containedMatches(wanted, resource, 1).isEmpty();
    }

    /**
     * The contained resources that make a resource match.
     *
     * @param most how many at most
     */
    public List<SearchValue.Contained> containedMatches(
            Criterion.Contained wanted, SearchFacts resource, int most) {
        var inside = new CriterionEvaluator(new LinksFromInside(links));
        var found = new ArrayList<SearchValue.Contained>();
        for (SearchValue value : resource.values()) {
            if (found.size() < most
                    && value instanceof SearchValue.Contained contained
                    && contained.parameter().equals(wanted.parameter())
                    && (wanted.types().isEmpty() || wanted.types().contains(contained.type()))
                    && inside.matches(wanted.criterion(), inside(contained, resource))) {
                found.add(contained);
            }
        }
        return found;
    }

    private boolean reverseChain(Criterion.ReverseChain chain, SearchFacts resource) {
        Iterable<SearchFacts> sources =
                links.referringTo(resource.key(), chain.sourceType(), chain.parameter());
        for (SearchFacts source : sources) {
            if (source.key().type().equals(chain.sourceType())
                    && refersTo(source, chain.parameter(), resource.key())
                    && matches(chain.source(), source)) {
                return true;
            }
        }
        return false;
    }

    private static boolean refersTo(SearchFacts source, String parameter, ResourceKey target) {
        for (SearchValue value : source.values()) {
            if (value instanceof SearchValue.LocalReference reference
                    && reference.parameter().equals(parameter)
                    && reference.type().equals(target.type())
                    && reference.id().equals(target.id())) {
                return true;
            }
        }
        return false;
    }

    /** A contained resource refers to others, but none refers to it by type and id. */
    private record LinksFromInside(SearchLinks links) implements SearchLinks {
        @Override
        public Optional<SearchFacts> find(ResourceKey key) {
            return links.find(key);
        }

        @Override
        public Iterable<SearchFacts> referringTo(
                ResourceKey target, String sourceType, String parameter) {
            return List.of();
        }
    }
}
