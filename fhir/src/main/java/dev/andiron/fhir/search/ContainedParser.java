package dev.andiron.fhir.search;

import dev.andiron.fhir.search.ContainedSearch.Returned;
import dev.andiron.fhir.search.SearchProblems.Refusal;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchValue;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code _contained} and {@code _containedType} of one search. */
final class ContainedParser {
    private boolean asked;
    private boolean plainToo = true;
    private Returned returned = Returned.CONTAINER;

    void mode(String value) throws Refusal {
        switch (value) {
            case "false" -> asked = false;
            case "true" -> {
                asked = true;
                plainToo = false;
            }
            case "both" -> asked = true;
            default -> throw Refusal.malformed("'" + value + "' is none of true, false, both");
        }
    }

    void returned(String value) throws Refusal {
        returned =
                switch (value) {
                    case "container" -> Returned.CONTAINER;
                    case "contained" -> Returned.CONTAINED;
                    default ->
                            throw Refusal.malformed(
                                    "'" + value + "' is none of container, contained");
                };
    }

    /** Whether contained resources are looked for. */
    boolean isAsked() {
        return asked;
    }

    /** What is asked of contained resources, if anything. */
    Optional<ContainedSearch> search(Set<String> types, Criterion criterion) {
        return asked
                ? Optional.of(
                        new ContainedSearch(
                                new Criterion.Contained(
                                        SearchValue.Contained.ANY, types, criterion),
                                plainToo,
                                returned))
                : Optional.empty();
    }

    /** What is asked of resources of any type that may contain others, or else of the types. */
    Criterion criterion(Set<String> types, Criterion criterion) {
        Optional<ContainedSearch> search = search(types, criterion);
        if (search.isEmpty()) {
            return criterion;
        }
        if (!plainToo) {
            return search.get().criterion();
        }
        Criterion plain =
                types.isEmpty()
                        ? criterion
                        : new Criterion.All(List.of(new Criterion.Type(types), criterion));
        return new Criterion.Any(List.of(plain, search.get().criterion()));
    }
}
