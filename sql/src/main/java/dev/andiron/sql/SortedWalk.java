package dev.andiron.sql;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Sort;

import java.util.List;
import java.util.Optional;

/**
 * A page of resources of one type in the order of an index of their sort keys: first those with a
 * key, then those without.
 */
final class SortedWalk {
    private final Dialect dialect;
    private final CriterionCompiler compiler;
    private final Kind kind;
    private final List<Criterion> criteria;

    SortedWalk(Dialect dialect, CriterionCompiler compiler, Kind kind, List<Criterion> criteria) {
        this.dialect = dialect;
        this.compiler = compiler;
        this.kind = kind;
        this.criteria = criteria;
    }

    /** The page, if an index has this order. */
    Optional<Sql> page(Sort sort, Optional<PagePosition> after, int limit) {
        return switch (sort) {
            case Sort.Id _ -> Optional.of(byFact(sort, "logical_id", after, limit));
            case Sort.LastUpdated _ -> Optional.of(byFact(sort, "last_updated", after, limit));
            case Sort.Parameter parameter ->
                    switch (parameter.kind()) {
                        case DATE ->
                                byValue(
                                        parameter,
                                        Facet.DATE,
                                        sort.descending() ? "high" : "low",
                                        after,
                                        limit);
                        case TEXT -> byValue(parameter, Facet.TEXT, "value", after, limit);
                        case URI -> byValue(parameter, Facet.URI, "value", after, limit);
                        case QUANTITY ->
                                byValue(parameter, Facet.QUANTITY_CANONICAL, "low", after, limit);
                        case TOKEN, REFERENCE, NUMBER -> Optional.empty();
                    };
            case Sort.Score _, Sort.Distance _ -> Optional.empty();
        };
    }

    private Sql byFact(Sort sort, String column, Optional<PagePosition> after, int limit) {
        Sql sql =
                Sql.of("SELECT w.id AS id, w." + column + " AS k0 FROM resources w WHERE w.kind = ")
                        .bind(kind.number())
                        .add(" AND w.deleted = 0");
        after.ifPresent(position -> behind(sql, sort, "w." + column, "w.id", position));
        addTests(sql, "w.id");
        return ordered(sql, sort, limit);
    }

    private Optional<Sql> byValue(
            Sort.Parameter sort,
            Facet facet,
            String column,
            Optional<PagePosition> after,
            int limit) {
        var parameters = compiler.searchedParameters(List.of(kind), sort.parameter(), facet);
        if (parameters.isEmpty()) {
            return Optional.empty();
        }
        Long parameter = parameters.getFirst();
        Sql keyless = keyless(facet, column, parameter, after, limit);
        if (after.isPresent() && after.get().keys().getFirst() == null) {
            return Optional.of(keyless);
        }
        Sql keyed =
                Sql.of("SELECT DISTINCT w.resource AS id, w." + column + " AS k0 FROM ")
                        .add(facet.table() + " w WHERE w.parameter = ")
                        .bind(parameter);
        after.ifPresent(position -> behind(keyed, sort, "w." + column, "w.resource", position));
        // Of several values only the one that the resource sorts by.
        keyed.add(" AND NOT EXISTS (SELECT 1 FROM " + facet.table() + " o")
                .add(" WHERE o.resource = w.resource AND o.parameter = ")
                .bind(parameter)
                .add(" AND " + dialect.withoutIndex("o." + column))
                .add((sort.descending() ? " > w." : " < w.") + column + ")");
        addTests(keyed, "w.resource");
        return Optional.of(
                Sql.of("SELECT * FROM (")
                        .add(ordered(keyed, sort, limit))
                        .add(") keyed UNION ALL SELECT * FROM (")
                        .add(keyless)
                        .add(") keyless LIMIT ")
                        .bind((long) limit));
    }

    private Sql keyless(
            Facet facet, String column, Long parameter, Optional<PagePosition> after, int limit) {
        // A null of the column's type, for databases that look at types.
        Sql sql =
                Sql.of("SELECT w.id AS id, (SELECT n." + column + " FROM " + facet.table())
                        .add(" n WHERE 1 = 0) AS k0 FROM resources w WHERE w.kind = ")
                        .bind(kind.number())
                        .add(" AND w.deleted = 0");
        after.filter(position -> position.keys().getFirst() == null)
                .ifPresent(position -> sql.add(" AND w.id > ").bind(position.resource()));
        sql.add(" AND NOT EXISTS (SELECT 1 FROM " + facet.table() + " o")
                .add(" WHERE o.resource = w.id AND o.parameter = ")
                .bind(parameter)
                .add(")");
        addTests(sql, "w.id");
        return sql.add(" ORDER BY w.id LIMIT ").bind((long) limit);
    }

    private void addTests(Sql sql, String resource) {
        for (Criterion criterion : criteria) {
            sql.add(" AND ").add(compiler.test(criterion, List.of(kind), resource));
        }
    }

    private static void behind(
            Sql sql, Sort sort, String column, String resource, PagePosition position) {
        Object key = position.keys().getFirst();
        String comparison = sort.descending() ? " < " : " > ";
        // The first condition is where the index begins; it follows from the second.
        sql.add(" AND " + column + comparison.stripTrailing() + "= ")
                .bind(key)
                .add(" AND (" + column + comparison)
                .bind(key)
                .add(" OR " + resource + " > ")
                .bind(position.resource())
                .add(")");
    }

    private static Sql ordered(Sql sql, Sort sort, int limit) {
        return sql.add(" ORDER BY k0" + (sort.descending() ? " DESC" : "") + ", id LIMIT ")
                .bind((long) limit);
    }
}
