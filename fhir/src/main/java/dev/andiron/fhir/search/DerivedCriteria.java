package dev.andiron.fhir.search;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.Derivation;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.search.ValueTest.RangeOperator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Asks what is asked of search parameters that follow from others ({@link Definitions#derivation})
 * of these others, for only they have values. Safe for use by many threads.
 */
final class DerivedCriteria {
    /** Passed by every quantity. */
    static final ValueTest ANY_QUANTITY =
            new ValueTest.Quantity(
                    RangeOperator.GT,
                    DecimalRange.UNBOUNDED.negate(),
                    DecimalRange.UNBOUNDED.negate(),
                    false,
                    Optional.empty(),
                    Optional.empty());

    private final Definitions definitions;

    DerivedCriteria(Definitions definitions) {
        this.definitions = definitions;
    }

    /**
     * The same criterion, about parameters that have values.
     *
     * @param types the types that are searched; empty means all
     */
    Criterion of(Set<String> types, Criterion criterion) {
        return switch (criterion) {
            case Criterion.All all -> new Criterion.All(each(types, all.criteria()));
            case Criterion.Any any ->
                    new Criterion.Any(
                            each(types, any.criteria()).stream()
                                    .flatMap(DerivedCriteria::alternatives)
                                    .toList());
            case Criterion.Not not -> new Criterion.Not(of(types, not.criterion()));
            case Criterion.Value value -> leaf(types, value.parameter(), value);
            case Criterion.Present present -> leaf(types, present.parameter(), present);
            case Criterion.Chain chain ->
                    new Criterion.Chain(
                            chain.parameter(),
                            chain.targetTypes(),
                            of(chain.targetTypes(), chain.target()));
            case Criterion.ReverseChain chain ->
                    new Criterion.ReverseChain(
                            chain.sourceType(),
                            chain.parameter(),
                            of(Set.of(chain.sourceType()), chain.source()));
            case Criterion.Contained contained ->
                    new Criterion.Contained(
                            contained.parameter(),
                            contained.types(),
                            of(contained.types(), contained.criterion()));
            case Criterion.Id _, Criterion.Type _, Criterion.LastUpdated _ -> criterion;
        };
    }

    /** The parameters that have the values of one, unless that is a composite: itself or others. */
    Set<String> of(String type, String code) {
        return switch (definitions.derivation(type, code).orElse(null)) {
            case Derivation.Union union -> {
                var codes = new TreeSet<String>();
                union.parameters().forEach(other -> codes.addAll(of(type, other)));
                yield codes;
            }
            case null, default -> Set.of(code);
        };
    }

    private static Stream<Criterion> alternatives(Criterion criterion) {
        return criterion instanceof Criterion.Any any
                ? any.criteria().stream()
                : Stream.of(criterion);
    }

    private List<Criterion> each(Set<String> types, List<Criterion> criteria) {
        return criteria.stream().map(criterion -> of(types, criterion)).toList();
    }

    /**
     * What follows in all types from the same is one criterion, or else each is about its types.
     */
    private Criterion leaf(Set<String> types, String code, Criterion leaf) {
        Map<Criterion, Set<String>> groups = new LinkedHashMap<>();
        for (String type : new TreeSet<>(types)) {
            groups.computeIfAbsent(derived(type, code, leaf), _ -> new TreeSet<>()).add(type);
        }
        if (groups.size() < 2) {
            // Parameters of all types follow from none.
            return groups.isEmpty() ? leaf : groups.keySet().iterator().next();
        }
        var alternatives = new ArrayList<Criterion>();
        groups.forEach(
                (criterion, group) ->
                        alternatives.add(
                                new Criterion.All(List.of(new Criterion.Type(group), criterion))));
        return new Criterion.Any(alternatives);
    }

    private Criterion derived(String type, String code, Criterion leaf) {
        Optional<Derivation> derivation = definitions.derivation(type, code);
        return derivation.isEmpty()
                ? leaf
                : switch (derivation.get()) {
                    case Derivation.Union union ->
                            new Criterion.Any(
                                    union.parameters().stream()
                                            .map(other -> derived(type, other, of(leaf, other)))
                                            .flatMap(DerivedCriteria::alternatives)
                                            .toList());
                    case Derivation.Conjunction conjunction -> all(conjunction, leaf);
                };
    }

    /** The same asked of another parameter. */
    private static Criterion of(Criterion leaf, String parameter) {
        return leaf instanceof Criterion.Value value
                ? new Criterion.Value(parameter, value.test())
                : new Criterion.Present(parameter);
    }

    private static Criterion all(Derivation.Conjunction conjunction, Criterion leaf) {
        List<String> parameters = conjunction.parameters();
        var criteria = new ArrayList<Criterion>();
        for (int i = 0; i < parameters.size(); i++) {
            criteria.add(
                    leaf instanceof Criterion.Value(_, ValueTest.Composite(var tests))
                            ? new Criterion.Value(parameters.get(i), tests.get(i))
                            : new Criterion.Present(parameters.get(i)));
        }
        conjunction
                .exception()
                .map(beyond -> new Criterion.Value(beyond.code(), ANY_QUANTITY))
                .map(Criterion.Not::new)
                .ifPresent(criteria::add);
        return new Criterion.All(criteria);
    }
}
