package dev.andiron.sql;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.ValueTest;

import java.util.List;
import java.util.Optional;

/**
 * A page of resources of one type in the order of an index of their first sort key: first those
 * with a key, then those without. Each resource on the way is tested by all criteria.
 */
final class SortedWalk {
    private static final String ROW = "w";

    private final Dialect dialect;
    private final CriterionCompiler compiler;
    private final Kind kind;
    private final List<Criterion> criteria;
    private final Sort sort;
    private final Track track;

    /**
     * The index that has the order, as a table with the alias {@link #ROW}.
     *
     * @param from the table
     * @param id its column with the resource's number
     * @param column its column with the key
     * @param where which rows belong to it
     * @param values if resources may have no key or several: where their values stand
     * @param stretch between which keys all matches lie
     */
    private record Track(
            String from,
            String id,
            String column,
            Sql where,
            Optional<Values> values,
            Stretch stretch) {

        /** The first key in the direction of the walk, and the last; whether all have one. */
        record Stretch(Optional<Sql> first, Optional<Sql> last, boolean holdsAll) {
            static final Stretch WHOLE = new Stretch(Optional.empty(), Optional.empty(), false);

            /** Where the criteria let the dates of a parameter lie. */
            static Stretch of(
                    Dialect dialect,
                    List<Criterion> criteria,
                    Sort.Parameter sort,
                    Facet facet,
                    long parameter) {
                var bounds = DateBounds.of(new Criterion.All(criteria), sort.parameter());
                if (facet != Facet.DATE || bounds.isNone()) {
                    return WHOLE;
                }
                boolean down = sort.descending();
                var least = bounds.least(dialect, down, parameter);
                var greatest = bounds.greatest(dialect, down, parameter);
                return down
                        ? new Stretch(greatest, least, true)
                        : new Stretch(least, greatest, true);
            }
        }

        /** Rows of a facet's table with a parameter's number. */
        record Values(Facet facet, Long parameter) {}

        String key() {
            return ROW + "." + column;
        }

        String resource() {
            return ROW + "." + id;
        }

        Sql select(String columns) {
            return Sql.of("SELECT " + columns + " FROM " + from + " " + ROW + " WHERE ").add(where);
        }
    }

    private SortedWalk(
            Dialect dialect,
            CriterionCompiler compiler,
            Kind kind,
            List<Criterion> criteria,
            Sort sort,
            Track track) {
        this.dialect = dialect;
        this.compiler = compiler;
        this.kind = kind;
        this.criteria = criteria;
        this.sort = sort;
        this.track = track;
    }

    /** The walk by a sort key, if an index has its order. */
    static Optional<SortedWalk> of(
            Dialect dialect,
            CriterionCompiler compiler,
            Kind kind,
            List<Criterion> criteria,
            Sort sort) {
        return track(dialect, compiler, kind, criteria, sort)
                .map(track -> new SortedWalk(dialect, compiler, kind, criteria, sort, track));
    }

    private static Optional<Track> track(
            Dialect dialect,
            CriterionCompiler compiler,
            Kind kind,
            List<Criterion> criteria,
            Sort sort) {
        return switch (sort) {
            case Sort.Id _ -> Optional.of(facts(kind, "logical_id"));
            case Sort.LastUpdated _ -> Optional.of(facts(kind, "last_updated"));
            case Sort.Parameter parameter ->
                    switch (parameter.kind()) {
                        case DATE ->
                                values(
                                        dialect,
                                        compiler,
                                        kind,
                                        criteria,
                                        parameter,
                                        Facet.DATE,
                                        sort.descending() ? "high" : "low");
                        case TEXT ->
                                values(
                                        dialect,
                                        compiler,
                                        kind,
                                        criteria,
                                        parameter,
                                        Facet.TEXT,
                                        "value");
                        case URI ->
                                dialect.numbersUris()
                                        ? Optional.empty()
                                        : values(
                                                dialect, compiler, kind, criteria, parameter,
                                                Facet.URI, "value");
                        case QUANTITY ->
                                values(
                                        dialect,
                                        compiler,
                                        kind,
                                        criteria,
                                        parameter,
                                        Facet.QUANTITY_CANONICAL,
                                        "low");
                        case TOKEN, REFERENCE, NUMBER -> Optional.empty();
                    };
            case Sort.Union _, Sort.Score _, Sort.Distance _ -> Optional.empty();
        };
    }

    private static Track facts(Kind kind, String column) {
        return new Track(
                "resources",
                "id",
                column,
                Sql.of(ROW + ".kind = ").bind(kind.number()).add(" AND " + ROW + ".deleted = 0"),
                Optional.empty(),
                Track.Stretch.WHOLE);
    }

    private static Optional<Track> values(
            Dialect dialect,
            CriterionCompiler compiler,
            Kind kind,
            List<Criterion> criteria,
            Sort.Parameter sort,
            Facet facet,
            String column) {
        return compiler.searchedParameters(List.of(kind), sort.parameter(), facet).stream()
                .findFirst()
                .map(
                        parameter ->
                                new Track(
                                        facet.table(),
                                        "resource",
                                        column,
                                        Sql.of(ROW + ".parameter = ").bind(parameter),
                                        Optional.of(new Track.Values(facet, parameter)),
                                        Track.Stretch.of(
                                                dialect, criteria, sort, facet, parameter)));
    }

    /** Whether the index gives its first rows without sorting all of them. */
    boolean isOrdered() {
        return !track.from().equals(Facet.TEXT.table()) || dialect.ordersTexts();
    }

    /** Whether every resource has exactly one key, so that where the index ends the walk does. */
    boolean isComplete() {
        return track.values().isEmpty();
    }

    /** Whether nothing follows the rows of the index that are behind a position. */
    boolean endsWithIndex(Optional<PagePosition> after) {
        return isComplete() || track.stretch().holdsAll() || isKeyless(after);
    }

    /** Whether the criteria are all about the key, which a stretch of the index shows to pass. */
    boolean isStretch() {
        return track.stretch().holdsAll()
                && sort instanceof Sort.Parameter parameter
                && criteria.stream()
                        .noneMatch(each -> DateBounds.of(each, parameter.parameter()).isNone());
    }

    /** Selects a page, by the first sort key alone. */
    Sql page(Optional<PagePosition> after, int limit) {
        if (isComplete()) {
            Sql sql = track.select(track.resource() + " AS id, " + track.key() + " AS k0");
            after.ifPresent(position -> behind(sql, position));
            return ordered(sql.add(tests(track.resource(), track.key(), ROW)), limit);
        }
        Sql keyless = keyless(after, limit);
        if (isKeyless(after)) {
            return keyless;
        }
        Sql keyed =
                track.select("DISTINCT " + track.resource() + " AS id, " + track.key() + " AS k0");
        after.ifPresentOrElse(position -> behind(keyed, position), () -> first(keyed));
        last(keyed).add(tests(track.resource(), track.key(), ROW));
        if (track.stretch().holdsAll()) {
            return ordered(keyed, limit);
        }
        return Sql.of("SELECT * FROM (")
                .add(ordered(keyed, limit))
                .add(") keyed UNION ALL SELECT * FROM (")
                .add(keyless)
                .add(") keyless")
                .add(dialect.limit(limit));
    }

    private static boolean isKeyless(Optional<PagePosition> after) {
        return after.filter(PagePosition::isKeyless).isPresent();
    }

    private Sql keyless(Optional<PagePosition> after, int limit) {
        // A null of the column's type, for databases that look at types.
        Sql none =
                Sql.of("(SELECT n." + track.column() + " FROM " + track.from() + " n WHERE 1 = 0)");
        Sql sql = Sql.of("SELECT w.id AS id, ").add(none).add(" AS k0").add(live(after));
        return sql.add(" AND ")
                .add(hasNoKey("w.id"))
                .add(criteria("w.id"))
                .add(" ORDER BY w.id")
                .add(dialect.limit(limit));
    }

    private Sql live(Optional<PagePosition> after) {
        Sql sql =
                Sql.of(" FROM resources w WHERE w.kind = ")
                        .bind(kind.number())
                        .add(" AND w.deleted = 0");
        after.filter(PagePosition::isKeyless)
                .ifPresent(position -> sql.add(" AND w.id > ").bind(position.resource()));
        return sql;
    }

    private Sql hasNoKey(String resource) {
        return Sql.of("NOT EXISTS (SELECT 1").add(valuesOf(resource)).add(")");
    }

    private Sql valuesOf(String resource) {
        var values = track.values().orElseThrow();
        return Sql.of(" FROM " + values.facet().table() + " o WHERE o.resource = " + resource)
                .add(" AND o.parameter = ")
                .bind(values.parameter());
    }

    /** What a resource on the way must pass: the criteria, and to be met at the key it sorts by. */
    private Sql tests(String resource, String key, String row) {
        Sql sql = new Sql();
        if (!isComplete()) {
            // Of several values only the one that the resource sorts by.
            sql.add(" AND NOT EXISTS (SELECT 1")
                    .add(valuesOf(resource))
                    .add(" AND " + dialect.withoutIndex("o." + track.column()))
                    .add((sort.descending() ? " > " : " < ") + key + ")");
        }
        for (Criterion criterion : criteria) {
            Sql test = compiler.test(criterion, List.of(kind), resource);
            sql.add(" AND ")
                    .add(
                            onRow(criterion, row)
                                    .map(passes -> Sql.any(List.of(passes, test)))
                                    .orElse(test));
        }
        return sql;
    }

    /** Mostly it is the date on the way that passes, and the resource's others need no look. */
    private Optional<Sql> onRow(Criterion criterion, String row) {
        return track.stretch().holdsAll()
                        && sort instanceof Sort.Parameter parameter
                        && criterion instanceof Criterion.Value value
                        && value.parameter().equals(parameter.parameter())
                        && value.test() instanceof ValueTest.Date
                ? Optional.of(compiler.conditions().condition(value.test(), row, List.of()))
                : Optional.empty();
    }

    private Sql criteria(String resource) {
        Sql sql = new Sql();
        for (Criterion criterion : criteria) {
            sql.add(" AND ").add(compiler.test(criterion, List.of(kind), resource));
        }
        return sql;
    }

    private void behind(Sql sql, PagePosition position) {
        Object key = position.keys().getFirst();
        // The first condition is where the index begins; it follows from the second.
        sql.add(" AND " + track.key() + beyond() + "= ")
                .bind(key)
                .add(" AND (" + track.key() + beyond() + " ")
                .bind(key)
                .add(" OR " + track.resource() + " > ")
                .bind(position.resource())
                .add(")");
    }

    /** Where the walk begins; a position is never in front of it. */
    private void first(Sql sql) {
        track.stretch()
                .first()
                .ifPresent(key -> sql.add(" AND " + track.key() + beyond() + "= ").add(key));
    }

    private Sql last(Sql sql) {
        track.stretch().last().ifPresent(key -> sql.add(" AND " + track.key() + upTo()).add(key));
        return sql;
    }

    private String upTo() {
        return sort.descending() ? " >= " : " <= ";
    }

    private String beyond() {
        return sort.descending() ? " <" : " >";
    }

    private Sql ordered(Sql sql, long limit) {
        return sql.add(" ORDER BY k0" + direction() + ", id").add(dialect.limit(limit));
    }

    private String direction() {
        return sort.descending() ? " DESC" : "";
    }

    /**
     * Counts what the first steps of a walk find.
     *
     * @param strictly whether to begin with the next key, not at the position
     * @param steps how many rows of the index to look at, at most
     * @param enough where to stop counting
     * @return a statement that gives one number
     */
    Sql found(Optional<PagePosition> after, boolean strictly, long steps, long enough) {
        boolean keyless = isKeyless(after);
        Sql on =
                keyless
                        ? new Sql().add(" AND ").add(hasNoKey("h.id")).add(criteria("h.id"))
                        : tests("h.id", "h.k0", "h");
        return Sql.of("SELECT count(*) FROM (SELECT DISTINCT h.id AS id FROM (")
                .add(head(after, strictly, steps))
                .add(") h WHERE 1 = 1")
                .add(on)
                .add(dialect.limit(enough))
                .add(") f");
    }

    /** Counts how many rows of the index there are for the first steps, at most so many. */
    Sql length(Optional<PagePosition> after, boolean strictly, long steps) {
        return Sql.of("SELECT count(*) FROM (").add(head(after, strictly, steps)).add(") h");
    }

    private Sql head(Optional<PagePosition> after, boolean strictly, long steps) {
        if (isKeyless(after)) {
            return Sql.of("SELECT w.id AS id")
                    .add(live(after))
                    .add(" ORDER BY w.id")
                    .add(dialect.limit(steps));
        }
        String row = track.stretch().holdsAll() ? ", w.low AS low, w.high AS high" : "";
        Sql sql = track.select(track.resource() + " AS id, " + track.key() + " AS k0" + row);
        after.ifPresentOrElse(
                position -> {
                    if (strictly) {
                        beyond(sql, position);
                    } else {
                        behind(sql, position);
                    }
                },
                () -> first(sql));
        return last(sql).add(" ORDER BY " + track.key() + direction()).add(dialect.limit(steps));
    }

    private void beyond(Sql sql, PagePosition position) {
        sql.add(" AND " + track.key() + beyond() + " ").bind(position.keys().getFirst());
    }

    /**
     * Selects the column {@code id} of matches among which a page is: from the first key on, or
     * that of the position, to the key where a page's worth of others has been found. Only if
     * {@link #found} strictly finds so many.
     */
    Sql hits(Optional<PagePosition> after, int limit) {
        return stretch("DISTINCT " + track.resource() + " AS id", after, limit)
                .add(tests(track.resource(), track.key(), ROW));
    }

    /** Counts the rows of the index that {@link #hits} goes through, at most so many. */
    Sql span(Optional<PagePosition> after, int limit, long most) {
        return Sql.of("SELECT count(*) FROM (")
                .add(stretch("1 AS one", after, limit))
                .add(dialect.limit(most))
                .add(") s");
    }

    private Sql stretch(String columns, Optional<PagePosition> after, int limit) {
        Sql walked =
                track.select("DISTINCT " + track.resource() + " AS id, " + track.key() + " AS k0");
        after.ifPresentOrElse(position -> beyond(walked, position), () -> first(walked));
        last(walked).add(tests(track.resource(), track.key(), ROW));
        walked.add(" ORDER BY k0" + direction()).add(dialect.limit(limit));
        Sql sql = track.select(columns);
        after.ifPresentOrElse(
                position ->
                        sql.add(" AND " + track.key() + beyond() + "= ")
                                .bind(position.keys().getFirst()),
                () -> first(sql));
        return sql.add(" AND " + track.key() + upTo())
                .add(sort.descending() ? "(SELECT min(k0) FROM (" : "(SELECT max(k0) FROM (")
                .add(walked)
                .add(") e)");
    }
}
