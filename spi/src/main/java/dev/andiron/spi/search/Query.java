package dev.andiron.spi.search;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A search for current, live resources of one tenant.
 *
 * @param types the resource types to look among; empty means all
 * @param criterion what must hold
 * @param sort by what to sort; ties, and everything when empty, go by an order of the backend's own
 *     in which a resource keeps its place as long as it lives
 * @param limit how many hits at most; 0 asks for none, for a total alone
 * @param after where the page before ended, as the engine gave it; empty starts at the first
 * @param total whether to count all matches
 */
public record Query(
        Set<String> types,
        Criterion criterion,
        List<Sort> sort,
        int limit,
        Optional<Cursor> after,
        Total total) {

    public Query {
        types = Set.copyOf(types);
        sort = List.copyOf(sort);
    }

    /** Whether a search counts its matches. */
    public enum Total {
        NONE,
        /** A guess is good enough. */
        ESTIMATE,
        ACCURATE
    }

    /** The same search, of fewer or more matches a page. */
    public Query withLimit(int other) {
        return new Query(types, criterion, sort, other, after, total);
    }

    /** A search without sort keys or total. */
    public static Query of(String type, Criterion criterion, int limit) {
        return new Query(Set.of(type), criterion, List.of(), limit, Optional.empty(), Total.NONE);
    }
}
