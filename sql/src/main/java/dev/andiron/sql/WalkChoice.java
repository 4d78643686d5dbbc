package dev.andiron.sql;

import dev.andiron.spi.search.Sort;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import java.util.function.ToLongFunction;

/**
 * Decides whether a sorted page comes from a walk through the index of its first key, which ends
 * with the page, or from all matches, gathered and sorted. A walk is long where few pass, so its
 * first steps are tried: ever more of them, as long as to gather would mean to look at twice as
 * many rows. So neither takes much longer than the other would have.
 */
final class WalkChoice {
    /** By how much further each try goes. */
    private static final int FURTHER = 8;

    private final ToLongFunction<Sql> count;
    private final LongUnaryOperator toGather;
    private final long few;

    /**
     * @param count runs a statement that gives a number
     * @param toGather how many rows there are to gather, counted up to its argument
     * @param few so many rows are gathered without further thought
     */
    WalkChoice(ToLongFunction<Sql> count, LongUnaryOperator toGather, long few) {
        this.count = count;
        this.toGather = toGather;
        this.few = few;
    }

    /**
     * Looks for how far a walk has to go.
     *
     * @param walks one for each type; several only for keys that each resource has once
     * @param several whether there are more keys than the one of the index
     * @return within how many rows of the index of each type the page is; empty if to gather is
     *     quicker
     */
    Optional<Long> steps(
            List<SortedWalk> walks, boolean several, Optional<PagePosition> after, int limit) {
        for (long steps = Math.max(few / FURTHER, 4L * limit); ; steps *= FURTHER) {
            long worth = Math.max(few, 2 * steps);
            if (toGather.applyAsLong(worth) < worth) {
                return Optional.empty();
            }
            boolean enough = true;
            for (SortedWalk walk : walks) {
                long found = count.applyAsLong(walk.found(after, several, steps, limit));
                if (found >= limit) {
                    enough &= !several || count.applyAsLong(walk.span(after, limit, worth)) < worth;
                } else if (count.applyAsLong(walk.length(after, several, steps)) == steps) {
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
