package dev.andiron.sql;

import dev.andiron.spi.search.Sort;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;

/**
 * Decides whether a sorted page comes from a walk through the index of its first key, which ends
 * with the page, or from all matches, gathered and sorted. A walk is long where few pass, so its
 * first steps are tried: ever more of them, as long as to gather would mean to look at twice as
 * many rows. So neither takes much longer than the other would have.
 */
final class WalkChoice {
    /** By how much further each try goes. */
    private static final int FURTHER = 8;

    private final Function<List<Sql>, List<Long>> counts;
    private final long few;

    /**
     * @param counts runs statements that give a number each
     * @param few so many rows are gathered without further thought
     */
    WalkChoice(Function<List<Sql>, List<Long>> counts, long few) {
        this.counts = counts;
        this.few = few;
    }

    private long firstSteps(int limit) {
        return Math.max(few / FURTHER, 4L * limit);
    }

    /**
     * Looks at the first steps of a walk through what is little more than the matches.
     *
     * @return within how many rows of the index the page is, if it is within these
     */
    Optional<Long> first(SortedWalk walk, Optional<PagePosition> after, int limit) {
        long steps = firstSteps(limit);
        var seen =
                counts.apply(
                        List.of(
                                walk.found(after, false, steps, limit),
                                walk.length(after, false, steps)));
        return seen.getFirst() >= limit || seen.getLast() < steps
                ? Optional.of(steps)
                : Optional.empty();
    }

    private long count(Sql sql) {
        return counts.apply(List.of(sql)).getFirst();
    }

    /**
     * Looks for how far a walk has to go.
     *
     * @param walks one for each type; several only for keys that each resource has once
     * @param several whether there are more keys than the one of the index
     * @param toGather how many rows there are to gather, counted up to its argument
     * @return within how many rows of the index of each type the page is; empty if to gather is
     *     quicker
     */
    Optional<Long> steps(
            List<SortedWalk> walks,
            boolean several,
            Optional<PagePosition> after,
            int limit,
            LongUnaryOperator toGather) {
        for (long steps = firstSteps(limit); ; steps *= FURTHER) {
            long worth = Math.max(few, 2 * steps);
            if (toGather.applyAsLong(worth) < worth) {
                return Optional.empty();
            }
            boolean enough = true;
            for (SortedWalk walk : walks) {
                long found = count(walk.found(after, several, steps, limit));
                if (found >= limit) {
                    enough &= !several || count(walk.span(after, limit, worth)) < worth;
                } else if (count(walk.length(after, several, steps)) == steps) {
                    enough = false;
                } else if (several || !walk.endsWithIndex(after)) {
                    return Optional.empty();
                }
            }
            if (enough) {
                return Optional.of(steps);
            }
        }
    }

    /** The pages of several types as one. */
    static Sql merged(
            Dialect dialect,
            List<SortedWalk> walks,
            Sort sort,
            Optional<PagePosition> after,
            int limit) {
        var pages = new ArrayList<Sql>();
        for (SortedWalk walk : walks) {
            pages.add(walk.page(after, limit));
        }
        if (pages.size() == 1) {
            return pages.getFirst();
        }
        Sql sql = new Sql();
        String separator = "SELECT * FROM (";
        for (int i = 0; i < pages.size(); i++) {
            sql.add(separator).add("SELECT * FROM (").add(pages.get(i)).add(") a" + i);
            separator = " UNION ALL ";
        }
        return sql.add(") m ORDER BY k0" + (sort.descending() ? " DESC" : "") + ", id")
                .add(dialect.limit(limit));
    }
}
