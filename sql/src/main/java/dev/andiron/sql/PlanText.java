package dev.andiron.sql;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Sort;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says in words how a page is found, for who asks for an explanation. */
final class PlanText {

    private PlanText() {}

    /** A page in the order of resources. */
    static String inOrder(Optional<Criterion> beginning) {
        return "the page: in the order of resources, beginning with " + beginning(beginning);
    }

    /** A page by keys that are looked up. */
    static String gathered(Optional<Criterion> beginning, List<Sort> sort) {
        return "the page: all matches are gathered, beginning with %s, and sorted by %s"
                .formatted(beginning(beginning), sort(sort));
    }

    /**
     * A page by an index of its first key.
     *
     * @param steps within how many rows of the index a page was seen; 0 if it did not depend on it
     */
    static String walked(List<Sort> sort, long steps) {
        String text =
                "the page: a walk through the index of %s, where each resource is tested"
                        .formatted(sort(sort.subList(0, 1)));
        return steps == 0 ? text : text + "; a page was seen within %,d rows".formatted(steps);
    }

    private static String beginning(Optional<Criterion> criterion) {
        return criterion.map(PlanText::of).orElse("all resources of the type");
    }

    private static String of(Criterion criterion) {
        return switch (criterion) {
            case Criterion.All all -> joined(all.criteria(), " and ");
            case Criterion.Any any -> joined(any.criteria(), " or ");
            case Criterion.Not not -> "not " + of(not.criterion());
            case Criterion.Id _ -> "_id";
            case Criterion.Type _ -> "_type";
            case Criterion.LastUpdated _ -> "_lastUpdated";
            case Criterion.Value value -> value.parameter();
            case Criterion.Present present -> present.parameter();
            case Criterion.Chain chain -> "the chain through " + chain.parameter();
            case Criterion.ReverseChain reverse ->
                    "%s by its %s".formatted(reverse.sourceType(), reverse.parameter());
            case Criterion.Contained contained -> "contained " + of(contained.criterion());
        };
    }

    private static String joined(List<Criterion> criteria, String word) {
        return criteria.stream().map(PlanText::of).distinct().collect(Collectors.joining(word));
    }

    private static String sort(List<Sort> sort) {
        return sort.stream().map(PlanText::of).collect(Collectors.joining(", then "));
    }

    private static String of(Sort sort) {
        String key =
                switch (sort) {
                    case Sort.Id _ -> "_id";
                    case Sort.LastUpdated _ -> "_lastUpdated";
                    case Sort.Parameter parameter -> parameter.parameter();
                    case Sort.Union union -> union.parameter();
                    case Sort.Score _ -> "the score";
                    case Sort.Distance distance -> "the distance of " + distance.parameter();
                };
        return sort.descending() ? key + " descending" : key;
    }
}
