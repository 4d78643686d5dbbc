package dev.andiron.sql;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Sort;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The sort keys of a search: looked up from each hit by an index of the hit's own values. */
final class SortKeys {
    private final Dialect dialect;
    private final CriterionCompiler compiler;
    private final List<Sort> sort;
    private final List<Criterion> criteria;
    private final List<Kind> kinds;

    /**
     * @param criteria what all hits have passed, for their scores
     */
    SortKeys(
            Dialect dialect,
            CriterionCompiler compiler,
            List<Sort> sort,
            List<Criterion> criteria,
            List<Kind> kinds) {
        this.dialect = dialect;
        this.compiler = compiler;
        this.sort = sort;
        this.criteria = criteria;
        this.kinds = kinds;
    }

    /** A page of the hits that the selection of {@code id} gives. */
    Sql page(Sql hits, Optional<PagePosition> after, int limit) {
        Sql sql =
                Sql.of("WITH hit AS MATERIALIZED (")
                        .add(hits)
                        .add("), ")
                        .add(atOnce().orElseGet(this::oneByOne))
                        .add(" SELECT * FROM keyed");
        after.ifPresent(position -> sql.add(" WHERE ").add(behind(position)));
        sql.add(" ORDER BY ");
        for (int i = 0; i < sort.size(); i++) {
            sql.add("k" + i + (sort.get(i).descending() ? " DESC" : " ASC") + " NULLS LAST, ");
        }
        return sql.add("id").add(dialect.limit(limit));
    }

    private Sql oneByOne() {
        Sql sql = Sql.of("keyed AS MATERIALIZED (SELECT hit.id AS id");
        for (int i = 0; i < sort.size(); i++) {
            sql.add(", (").add(key(sort.get(i))).add(") AS k" + i);
        }
        return sql.add(" FROM hit)");
    }

    /** The only key of all hits, and of those without one none. */
    private Optional<Sql> atOnce() {
        if (!dialect.looksUpArrays() || sort.size() != 1) {
            return Optional.empty();
        }
        return switch (sort.getFirst()) {
            case Sort.Parameter parameter -> atOnce(united(parameter));
            case Sort.Union union -> atOnce(union);
            case Sort.Id _, Sort.LastUpdated _, Sort.Distance _, Sort.Score _ -> Optional.empty();
        };
    }

    private static Sort.Union united(Sort.Parameter one) {
        return new Sort.Union(
                one.parameter(), List.of(one.parameter()), one.kind(), one.descending());
    }

    private Optional<Sql> atOnce(Sort.Union key) {
        var column = column(key);
        var parameters = column.map(each -> parameters(key, each.facet())).orElse(List.of());
        return parameters.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        Sql.of("found AS MATERIALIZED (SELECT x.resource AS id, ")
                                .add(extreme(key) + "(x." + column.get().name() + ") AS k0")
                                .add(" FROM " + dialect.table(column.get().facet()) + " x WHERE")
                                .add(" x.resource = ANY (ARRAY(SELECT id FROM hit)) AND ")
                                .among("x.parameter", parameters)
                                .add(" GROUP BY x.resource), keyed AS NOT MATERIALIZED (SELECT id,")
                                .add(" k0 FROM found UNION ALL SELECT id, NULL FROM hit")
                                .add(" WHERE (SELECT count(*) FROM found) <")
                                .add(" (SELECT count(*) FROM hit)")
                                .add(" AND (id IN (SELECT id FROM found)) IS NOT TRUE)"));
    }

    /** A column whose least or greatest value sorts. */
    private record Column(Facet facet, String name) {}

    private static Optional<Column> column(Sort.Union key) {
        return switch (key.kind()) {
            case TEXT -> Optional.of(new Column(Facet.TEXT, "value"));
            case DATE -> Optional.of(new Column(Facet.DATE, key.descending() ? "high" : "low"));
            case NUMBER -> Optional.of(new Column(Facet.NUMBER, "value"));
            case QUANTITY -> Optional.of(new Column(Facet.QUANTITY_CANONICAL, "low"));
            case TOKEN, REFERENCE, URI -> Optional.empty();
        };
    }

    private static String extreme(Sort.Union key) {
        return key.descending() ? "max" : "min";
    }

    private Sql behind(PagePosition position) {
        var cases = new ArrayList<Sql>();
        var equal = new ArrayList<Sql>();
        for (int i = 0; i < sort.size(); i++) {
            Object key = position.keys().get(i);
            if (key != null) {
                var conditions = new ArrayList<>(equal);
                String comparison = sort.get(i).descending() ? " < " : " > ";
                conditions.add(
                        Sql.of("(k" + i + comparison).bind(key).add(" OR k" + i + " IS NULL)"));
                cases.add(Sql.all(conditions));
            }
            equal.add(
                    key == null ? Sql.of("k" + i + " IS NULL") : Sql.of("k" + i + " = ").bind(key));
        }
        equal.add(Sql.of("id > ").bind(position.resource()));
        cases.add(Sql.all(equal));
        return Sql.any(cases);
    }

    private Sql key(Sort key) {
        return switch (key) {
            case Sort.Id _ -> Sql.of("SELECT r.logical_id FROM resources r WHERE r.id = hit.id");
            case Sort.LastUpdated _ ->
                    Sql.of("SELECT r.last_updated FROM resources r WHERE r.id = hit.id");
            case Sort.Parameter parameter -> key(united(parameter));
            case Sort.Union union -> key(union);
            case Sort.Distance distance -> distance(distance);
            case Sort.Score _ ->
                    new Scores(dialect, compiler, kinds).key(criteria).orElseGet(SortKeys::none);
        };
    }

    private Sql key(Sort.Union key) {
        String extreme = extreme(key);
        return switch (key.kind()) {
            case TEXT, DATE, NUMBER, QUANTITY -> {
                Column column = column(key).orElseThrow();
                yield extreme(extreme, key, column.facet(), column.name());
            }
            case URI -> uri(extreme, key);
            case TOKEN -> {
                var parameters = parameters(key, Facet.TOKEN);
                if (parameters.isEmpty()) {
                    yield none();
                }
                var path = dialect.tokensOf("x", "hit.id", parameters);
                yield Sql.of("SELECT " + extreme + "(x.code || ")
                        .bind("\u0001")
                        .add(" || n.value) FROM ")
                        .add(path.map(Dialect.TokenPath::from).orElse("token_index x"))
                        .add(" JOIN names n ON n.id = x.system WHERE ")
                        .add(path.map(Dialect.TokenPath::where).orElseGet(() -> own(parameters)));
            }
            case REFERENCE -> reference(extreme, key);
        };
    }

    private Sql uri(String extreme, Sort.Union key) {
        if (!dialect.numbersUris()) {
            return extreme(extreme, key, Facet.URI, "value");
        }
        var parameters = parameters(key, Facet.URI);
        return parameters.isEmpty()
                ? none()
                : Sql.of("SELECT " + extreme + "(n.value) FROM " + dialect.table(Facet.URI))
                        .add(" x JOIN names n ON n.id = x.value WHERE ")
                        .add(own(parameters));
    }

    private Sql distance(Sort.Distance key) {
        var parameters = compiler.searchedParameters(kinds, key.parameter(), Facet.POSITION);
        return parameters.isEmpty()
                ? none()
                : Sql.of("SELECT " + (key.descending() ? "max(" : "min("))
                        .add(compiler.conditions().meters(key.latitude(), key.longitude(), "x"))
                        .add(") FROM position_index x WHERE ")
                        .add(own(parameters));
    }

    private Sql reference(String extreme, Sort.Union key) {
        var parts = new ArrayList<Sql>(2);
        var local = parameters(key, Facet.LOCAL_REFERENCE);
        if (!local.isEmpty()) {
            parts.add(
                    Sql.of("SELECT k.type || '/' || ")
                            .add(
                                    dialect.refersByNumber()
                                            ? dialect.idText("t.logical_id")
                                                    + " AS v FROM reference_index x"
                                                    + " JOIN resources t ON t.id = x.target"
                                                    + " JOIN kinds k ON k.id = t.kind WHERE "
                                            : "x.target AS v FROM reference_index x"
                                                    + " JOIN kinds k ON k.id = x.target_kind"
                                                    + " WHERE ")
                            .add(own(local)));
        }
        var external = parameters(key, Facet.EXTERNAL_REFERENCE);
        if (!external.isEmpty()) {
            parts.add(Sql.of("SELECT x.value AS v FROM text_index x WHERE ").add(own(external)));
        }
        if (parts.isEmpty()) {
            return none();
        }
        Sql sql = Sql.of("SELECT " + extreme + "(u.v) FROM (").add(parts.getFirst());
        if (parts.size() == 2) {
            sql.add(" UNION ALL ").add(parts.getLast());
        }
        return sql.add(") u");
    }

    private Sql extreme(String extreme, Sort.Union key, Facet facet, String column) {
        var parameters = parameters(key, facet);
        return parameters.isEmpty()
                ? none()
                : Sql.of(
                                "SELECT "
                                        + extreme
                                        + "("
                                        + dialect.withoutIndex("x." + column)
                                        + ") FROM "
                                        + dialect.table(facet))
                        .add(" x WHERE ")
                        .add(own(parameters));
    }

    private List<Long> parameters(Sort.Union key, Facet facet) {
        return key.parameters().stream()
                .flatMap(code -> compiler.searchedParameters(kinds, code, facet).stream())
                .toList();
    }

    private static Sql own(List<Long> parameters) {
        return Sql.of("x.resource = hit.id AND ").among("x.parameter", parameters);
    }

    private static Sql none() {
        return Sql.of("SELECT NULL");
    }
}
