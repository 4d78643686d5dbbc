package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.FieldValue;
import co.elastic.clients.elasticsearch._types.ScriptSortType;
import co.elastic.clients.elasticsearch._types.SortMode;
import co.elastic.clients.elasticsearch._types.SortOptions;
import co.elastic.clients.elasticsearch._types.SortOrder;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.Sort;

import java.util.ArrayList;
import java.util.List;

/** The order of a search; type and id decide among what is equal, so that every order is total. */
final class Sorting {
    private Sorting() {}

    static List<SortOptions> of(List<Sort> sorts) {
        var options = new ArrayList<SortOptions>(sorts.size() + 2);
        sorts.forEach(sort -> options.add(option(sort)));
        options.add(field(Field.TYPE, false));
        options.add(field(Field.ID, false));
        return options;
    }

    private static SortOptions option(Sort sort) {
        return switch (sort) {
            case Sort.Id(boolean descending) -> field(Field.ID, descending);
            case Sort.LastUpdated(boolean descending) -> field(Field.UPDATED, descending);
            case Sort.Score() -> SortOptions.of(o -> o.score(s -> s.order(SortOrder.Desc)));
            case Sort.Distance distance -> distance(distance);
            case Sort.Union union ->
                    throw new StorageException.NotSupported(
                            "this index does not sort by several parameters together, as '%s' asks"
                                    .formatted(union.parameter()));
            case Sort.Parameter(String parameter, var kind, boolean descending) ->
                    field(
                            (descending ? Field.DESCENDING : Field.ASCENDING)
                                    + "."
                                    + SortKeys.name(kind, parameter),
                            descending);
        };
    }

    private static SortOptions field(String name, boolean descending) {
        return SortOptions.of(
                o ->
                        o.field(
                                f ->
                                        f.field(name)
                                                .order(descending ? SortOrder.Desc : SortOrder.Asc)
                                                .missing(FieldValue.of("_last"))));
    }

    /** What has no place counts as farthest, so the farthest first are the least below zero. */
    private static SortOptions distance(Sort.Distance sort) {
        return SortOptions.of(
                o ->
                        o.script(
                                s ->
                                        s.type(ScriptSortType.Number)
                                                .script(
                                                        GreatCircle.distance(
                                                                Field.PLACE,
                                                                sort.latitude(),
                                                                sort.longitude(),
                                                                sort.descending()))
                                                .order(SortOrder.Asc)
                                                .mode(SortMode.Min)
                                                .nested(
                                                        n ->
                                                                n.path(Field.PLACE)
                                                                        .filter(
                                                                                Clauses.term(
                                                                                        Field.PLACE
                                                                                                + "."
                                                                                                + Field
                                                                                                        .OF,
                                                                                        Keys.prefix(
                                                                                                sort
                                                                                                        .parameter()))))));
    }
}
