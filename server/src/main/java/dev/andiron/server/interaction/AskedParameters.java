package dev.andiron.server.interaction;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Sort;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The search parameters that a search asks for, each of the types that it asks it of. */
final class AskedParameters {
    private final Set<String> allTypes;
    private final Set<ParameterName> found = new HashSet<>();

    /**
     * @param allTypes what a search of no types in particular is about
     */
    private AskedParameters(Set<String> allTypes) {
        this.allTypes = allTypes;
    }

    /** Those of a search for some types; none means all. */
    static Set<ParameterName> of(
            Set<String> types, Criterion criterion, List<Sort> sort, Set<String> allTypes) {
        var asked = new AskedParameters(allTypes);
        asked.add(types, criterion);
        for (Sort key : sort) {
            switch (key) {
                case Sort.Parameter parameter -> asked.add(types, parameter.parameter());
                case Sort.Union union ->
                        union.parameters().forEach(parameter -> asked.add(types, parameter));
                case Sort.Distance distance -> asked.add(types, distance.parameter());
                case Sort.Id _, Sort.LastUpdated _, Sort.Score _ -> {}
            }
        }
        return asked.found;
    }

    private void add(Set<String> types, Criterion criterion) {
        switch (criterion) {
            case Criterion.All all -> addAll(types, all.criteria());
            case Criterion.Any any -> addAll(types, any.criteria());
            case Criterion.Not not -> add(types, not.criterion());
            case Criterion.Value value -> add(types, value.parameter());
            case Criterion.Present present -> add(types, present.parameter());
            case Criterion.Chain chain -> {
                add(types, chain.parameter());
                add(chain.targetTypes(), chain.target());
            }
            case Criterion.ReverseChain reverse -> {
                add(Set.of(reverse.sourceType()), reverse.parameter());
                add(Set.of(reverse.sourceType()), reverse.source());
            }
            case Criterion.Contained contained -> {
                add(types, contained.parameter());
                add(contained.types(), contained.criterion());
            }
            case Criterion.Id _, Criterion.Type _, Criterion.LastUpdated _ -> {}
        }
    }

    private void addAll(Set<String> types, Collection<Criterion> criteria) {
        criteria.forEach(each -> add(types, each));
    }

    private void add(Set<String> types, String code) {
        for (String type : types.isEmpty() ? allTypes : types) {
            found.add(new ParameterName(type, code));
        }
    }
}
