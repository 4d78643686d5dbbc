package dev.andiron.sql;

import dev.andiron.spi.search.Criterion;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/**
 * The same criterion with alternatives that follow the same references as one: to lead to a
 * resource that passes a or to one that passes b is to lead to one that passes a or b. Databases
 * take long to plan a subquery for each.
 */
final class MergedAlternatives {

    private MergedAlternatives() {}

    static Criterion of(Criterion criterion) {
        return switch (criterion) {
            case Criterion.All all ->
                    new Criterion.All(all.criteria().stream().map(MergedAlternatives::of).toList());
            case Criterion.Any any -> any(any.criteria());
            case Criterion.Not not -> new Criterion.Not(of(not.criterion()));
            case Criterion.Chain chain ->
                    new Criterion.Chain(chain.parameter(), chain.targetTypes(), of(chain.target()));
            case Criterion.ReverseChain reverse ->
                    new Criterion.ReverseChain(
                            reverse.sourceType(), reverse.parameter(), of(reverse.source()));
            case Criterion.Contained contained ->
                    new Criterion.Contained(
                            contained.parameter(), contained.types(), of(contained.criterion()));
            case Criterion.Id _,
                    Criterion.Type _,
                    Criterion.LastUpdated _,
                    Criterion.Value _,
                    Criterion.Present _ ->
                    criterion;
        };
    }

    /** The way that a chain takes, without what is asked at its end. */
    private sealed interface Way {
        record Forward(String parameter, Set<String> targetTypes) implements Way {}

        record Backward(String sourceType, String parameter) implements Way {}

        default Criterion to(List<Criterion> alternatives) {
            Criterion end = any(alternatives);
            return switch (this) {
                case Forward way -> new Criterion.Chain(way.parameter(), way.targetTypes(), end);
                case Backward way ->
                        new Criterion.ReverseChain(way.sourceType(), way.parameter(), end);
            };
        }
    }

    private static Criterion any(List<Criterion> criteria) {
        var ways = new LinkedHashMap<Way, List<Criterion>>();
        var merged = new ArrayList<Criterion>();
        for (Criterion criterion : criteria) {
            switch (criterion) {
                case Criterion.Chain chain ->
                        ways.computeIfAbsent(
                                        new Way.Forward(chain.parameter(), chain.targetTypes()),
                                        _ -> new ArrayList<>())
                                .add(chain.target());
                case Criterion.ReverseChain reverse ->
                        ways.computeIfAbsent(
                                        new Way.Backward(reverse.sourceType(), reverse.parameter()),
                                        _ -> new ArrayList<>())
                                .add(reverse.source());
                default -> merged.add(of(criterion));
            }
        }
        ways.forEach((way, ends) -> merged.add(way.to(ends)));
        return merged.size() == 1 ? merged.getFirst() : new Criterion.Any(merged);
    }
}
