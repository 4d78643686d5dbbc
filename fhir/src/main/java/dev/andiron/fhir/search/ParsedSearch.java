package dev.andiron.fhir.search;

import dev.andiron.fhir.outcome.Issue;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.Sort;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A search as it was understood.
 *
 * @param types the resource types to look among, those of containing resources if contained ones
 *     are looked for; empty means all
 * @param criterion what must hold
 * @param sort by what to sort; empty leaves the order to the backend
 * @param count the size of a page; 0 asks for the total alone
 * @param total how matches are counted
 * @param summary how much of each match is returned
 * @param elements the only elements to return; empty means all
 * @param contained how contained resources are looked for; empty when they are not
 * @param understood what was evaluated, for the link {@code self}, in the order of the request
 * @param notes what was ignored or bounded, to be told with the result
 */
public record ParsedSearch(
        Set<String> types,
        Criterion criterion,
        List<Sort> sort,
        int count,
        Query.Total total,
        Summary summary,
        Set<String> elements,
        Optional<ContainedSearch> contained,
        List<QueryParameter> understood,
        List<Issue> notes) {

    public ParsedSearch {
        types = Set.copyOf(types);
        sort = List.copyOf(sort);
        understood = List.copyOf(understood);
        notes = List.copyOf(notes);
    }

    /** The same with more to tell. */
    public ParsedSearch with(List<Issue> more) {
        List<Issue> all = Stream.concat(notes.stream(), more.stream()).toList();
        return new ParsedSearch(
                types,
                criterion,
                sort,
                count,
                total,
                summary,
                elements,
                contained,
                understood,
                all);
    }

    /** The query for one page. */
    public Query query(Optional<Cursor> after) {
        return new Query(types, criterion, sort, count, after, total);
    }
}
