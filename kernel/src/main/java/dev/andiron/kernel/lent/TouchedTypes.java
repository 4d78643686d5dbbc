package dev.andiron.kernel.lent;

import dev.andiron.spi.search.Criterion;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The types whose changes can make a criterion true or false. */
final class TouchedTypes {
    private final Set<String> types = new HashSet<>();
    private boolean isAll;

    private TouchedTypes() {}

    /**
     * The types, that of the resource itself included.
     *
     * @return empty if it may be any type
     */
    static Set<String> of(String type, Criterion criterion) {
        var touched = new TouchedTypes();
        touched.types.add(type);
        touched.add(criterion);
        return touched.isAll ? Set.of() : Set.copyOf(touched.types);
    }

    private void add(Criterion criterion) {
        switch (criterion) {
            case Criterion.All(List<Criterion> all) -> all.forEach(this::add);
            case Criterion.Any(List<Criterion> any) -> any.forEach(this::add);
            case Criterion.Not(Criterion not) -> add(not);
            case Criterion.Chain chain -> {
                isAll |= chain.targetTypes().isEmpty();
                types.addAll(chain.targetTypes());
                add(chain.target());
            }
            case Criterion.ReverseChain chain -> {
                types.add(chain.sourceType());
                add(chain.source());
            }
            case Criterion.Contained contained -> add(contained.criterion());
            case Criterion.Id _,
                    Criterion.Type _,
                    Criterion.LastUpdated _,
                    Criterion.Value _,
                    Criterion.Present _ -> {}
        }
    }
}
