package dev.andiron.sql;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.ValueTest;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Compiles criteria as tests of one resource. For one statement and one thread. */
final class CriterionCompiler {
    private static final Set<Facet> REDUNDANT_FOR_PRESENCE =
            Set.of(Facet.TEXT_EXACT, Facet.QUANTITY_CANONICAL);

    /** Facets that have not always been there. */
    private static final Set<Facet> LATER =
            Set.of(Facet.POSITION, Facet.COMPOSITE, Facet.FULL_TEXT);

    private final Dialect dialect;
    private final Catalog catalog;
    private final ValueConditions conditions;
    private int aliases;

    CriterionCompiler(Dialect dialect, Catalog catalog) {
        this.dialect = dialect;
        this.catalog = catalog;
        conditions = new ValueConditions(dialect, catalog);
    }

    /** A name that no other row of the statement has. */
    String alias() {
        aliases++;
        return "t" + aliases;
    }

    /** What a row of an index table must be, on its own. */
    ValueConditions conditions() {
        return conditions;
    }

    /** The condition that the live resource whose number the column holds passes. */
    Sql test(Criterion criterion, List<Kind> kinds, String resource) {
        return switch (criterion) {
            case Criterion.All all -> tests(all.criteria(), kinds, resource);
            case Criterion.Any any -> any(any.criteria(), kinds, resource);
            case Criterion.Not not -> Sql.not(test(not.criterion(), kinds, resource));
            case Criterion.Id id -> fact(resource, r -> ids(r, id));
            case Criterion.Type type -> type(narrowed(kinds, type.types()), kinds, resource);
            case Criterion.LastUpdated updated -> fact(resource, r -> lastUpdated(r, updated));
            case Criterion.Value value ->
                    value(ValueRows.of(value), List.of(value.test()), kinds, resource);
            case Criterion.Present present -> present(present.parameter(), kinds, resource);
            case Criterion.Chain chain -> chain(chain, kinds, resource);
            case Criterion.ReverseChain reverse -> reverseChain(reverse, kinds, resource);
            case Criterion.Contained _ -> throw unsupported("search contained resources");
        };
    }

    private Sql type(List<Kind> wanted, List<Kind> possible, String resource) {
        if (wanted.size() == possible.size()) {
            return Sql.always();
        }
        return wanted.isEmpty() ? Sql.never() : fact(resource, r -> kindsAmong(r, wanted));
    }

    /**
     * Alternatives about the same rows share one look at them: databases take long to plan
     * thousands of subqueries.
     */
    private Sql any(List<Criterion> criteria, List<Kind> kinds, String resource) {
        var values = new LinkedHashMap<ValueRows, List<ValueTest>>();
        var tests = new ArrayList<Sql>();
        Map<Together, List<List<ValueTest>>> groups = Together.several(criteria);
        for (Criterion criterion : criteria) {
            if (criterion instanceof Criterion.Value value) {
                values.computeIfAbsent(ValueRows.of(value), rows -> new ArrayList<>())
                        .add(value.test());
            } else if (Together.of(criterion).filter(groups::containsKey).isEmpty()) {
                tests.add(test(criterion, kinds, resource));
            }
        }
        groups.forEach((rows, pairs) -> tests.add(together(rows, pairs, kinds, resource)));
        values.forEach(
                (rows, alternatives) -> tests.add(value(rows, alternatives, kinds, resource)));
        return Sql.any(tests);
    }

    private Sql value(
            ValueRows rows, List<ValueTest> alternatives, List<Kind> kinds, String resource) {
        String row = alias();
        var parameters = searchedParameters(kinds, rows.parameter(), rows.facet());
        Sql condition =
                Sql.any(
                        alternatives.stream()
                                .map(test -> conditions.condition(test, row, parameters))
                                .toList());
        return exists(
                rows.facet(),
                parameters,
                ValueConditions.codes(alternatives),
                resource,
                row,
                condition);
    }

    /** The condition that the resource passes any of the alternatives of a group. */
    Sql together(
            Together group, List<List<ValueTest>> alternatives, List<Kind> kinds, String resource) {
        int size = group.rows().size();
        var aliases = new ArrayList<String>();
        var parameters = new ArrayList<List<Long>>();
        for (ValueRows rows : group.rows()) {
            aliases.add(alias());
            parameters.add(searchedParameters(kinds, rows.parameter(), rows.facet()));
        }
        var passed = new ArrayList<Sql>();
        for (List<ValueTest> tests : alternatives) {
            var each = new ArrayList<Sql>();
            for (int i = 0; i < size; i++) {
                each.add(conditions.condition(tests.get(i), aliases.get(i), parameters.get(i)));
            }
            passed.add(Sql.all(each));
        }
        Sql look = Sql.any(passed);
        for (int i = size - 1; i >= 0; i--) {
            int at = i;
            var codes =
                    ValueConditions.codes(alternatives.stream().map(each -> each.get(at)).toList());
            Facet facet = group.rows().get(i).facet();
            look = exists(facet, parameters.get(i), codes, resource, aliases.get(i), look);
            if (look.isNever()) {
                return look;
            }
        }
        return Sql.all(List.of(tests(group.rest(), kinds, resource), look));
    }

    private Sql fact(String resource, Function<String, Sql> condition) {
        String r = alias();
        return Sql.of("EXISTS (SELECT 1 FROM resources " + r + " WHERE " + r + ".id = ")
                .add(resource)
                .add(" AND ")
                .add(condition.apply(r))
                .add(dialect.lookEnd() + ")");
    }

    Sql ids(String r, Criterion.Id id) {
        return id.ids().isEmpty()
                ? Sql.never()
                : new Sql()
                        .among(
                                r + ".logical_id",
                                id.ids().stream().sorted().map(dialect::id).toList());
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }

    static List<Kind> narrowed(List<Kind> kinds, Set<String> types) {
        return kinds.stream().filter(kind -> types.contains(kind.type())).toList();
    }

    static Sql kindsAmong(String r, List<Kind> kinds) {
        return kinds.isEmpty()
                ? Sql.never()
                : new Sql().among(r + ".kind", kinds.stream().map(Kind::number).toList());
    }

    static Sql lastUpdated(String r, Criterion.LastUpdated updated) {
        return Ranges.milliseconds(
                updated.operator(), updated.low(), updated.high(), r + ".last_updated");
    }

    /**
     * Looks at the values of one resource. The parameter is kept from indices, so that the database
     * does not walk through all values of the parameter for each resource instead.
     */
    private Sql exists(
            Facet facet, List<Long> parameters, String resource, String row, Sql condition) {
        return exists(facet, parameters, Set.of(), resource, row, condition);
    }

    /**
     * @param codes what the codes of tokens are among that pass the condition; none if any may
     */
    private Sql exists(
            Facet facet,
            List<Long> parameters,
            Set<String> codes,
            String resource,
            String row,
            Sql condition) {
        if (parameters.isEmpty()) {
            return Sql.never();
        }
        Optional<Dialect.TokenPath> path =
                facet.table().equals(Facet.TOKEN.table())
                        ? dialect.tokensOf(row, resource, parameters)
                        : Optional.empty();
        Sql look = Sql.of("EXISTS (SELECT 1 FROM ");
        if (path.isEmpty()) {
            look.add(dialect.table(facet) + " " + row + " WHERE ")
                    .add(dialect.ofResource(facet, row, resource) + " AND ")
                    .among(dialect.withoutIndex(row + ".parameter"), parameters);
        } else if (codes.isEmpty()) {
            look.add(path.get().from() + " WHERE ").add(path.get().where());
        } else {
            look.add(dialect.table(facet) + " " + row + " WHERE ")
                    .among(row + ".parameter", parameters)
                    .add(" AND ")
                    .among(row + ".code", sorted(codes))
                    .add(" AND " + row + ".resource = " + resource);
        }
        return look.add(" AND ").add(condition).add(dialect.lookEnd() + ")");
    }

    /** The numbers of a parameter that resources are searched or sorted by. */
    List<Long> searchedParameters(List<Kind> kinds, String code, Facet facet) {
        if (LATER.contains(facet)) {
            for (Kind kind : kinds) {
                if (catalog.hasUnindexed(kind, code)) {
                    throw new StorageException.NotSupported(
                            ("values of '%s' in resources of type %s were written by an earlier"
                                            + " release that did not index them: they are found"
                                            + " once these resources have been reindexed")
                                    .formatted(code, kind.type()));
                }
            }
        }
        return parameters(kinds, code, facet);
    }

    List<Long> parameters(List<Kind> kinds, String code, Facet facet) {
        var numbers = new ArrayList<Long>(kinds.size());
        for (Kind kind : kinds) {
            catalog.parameter(kind, code, facet).ifPresent(numbers::add);
        }
        return numbers;
    }

    private Sql present(String code, List<Kind> kinds, String resource) {
        var tests = new ArrayList<Sql>();
        presence(code, kinds)
                .forEach(
                        (facet, parameters) ->
                                tests.add(
                                        exists(
                                                facet,
                                                parameters,
                                                resource,
                                                alias(),
                                                Sql.always())));
        return Sql.any(tests);
    }

    /** The facets that show whether a resource has a value, and their numbers of the parameter. */
    Map<Facet, List<Long>> presence(String code, List<Kind> kinds) {
        var facets = new EnumMap<Facet, List<Long>>(Facet.class);
        for (Facet facet : Facet.values()) {
            var parameters = parameters(kinds, code, facet);
            if (!REDUNDANT_FOR_PRESENCE.contains(facet) && !parameters.isEmpty()) {
                facets.put(facet, parameters);
            }
        }
        return facets;
    }

    private Sql chain(Criterion.Chain chain, List<Kind> kinds, String resource) {
        var targets = catalog.kinds(chain.targetTypes());
        if (targets.isEmpty() || chain.targetTypes().isEmpty()) {
            return Sql.never();
        }
        String row = alias();
        String target = alias();
        Sql leadsTo =
                Sql.of("EXISTS (SELECT 1 FROM resources " + target + " WHERE ")
                        .add(conditions.leadsTo(row, target) + " AND ")
                        .add(target + ".deleted = 0 AND ")
                        .add(kindsAmong(target, targets))
                        .add(" AND ")
                        .add(test(chain.target(), targets, target + ".id"))
                        .add(dialect.lookEnd() + ")");
        return exists(
                Facet.LOCAL_REFERENCE,
                parameters(kinds, chain.parameter(), Facet.LOCAL_REFERENCE),
                resource,
                row,
                leadsTo);
    }

    private Sql reverseChain(Criterion.ReverseChain reverse, List<Kind> kinds, String resource) {
        var sources = catalog.kinds(Set.of(reverse.sourceType()));
        var parameters = parameters(sources, reverse.parameter(), Facet.LOCAL_REFERENCE);
        if (parameters.isEmpty() || kinds.isEmpty()) {
            return Sql.never();
        }
        String row = alias();
        String self = alias();
        return Sql.of("EXISTS (SELECT 1 FROM resources " + self + " JOIN reference_index ")
                .add(row + " ON " + conditions.leadsTo(row, self) + " AND ")
                .among(row + ".parameter", parameters)
                .add(" WHERE " + self + ".id = " + resource + " AND ")
                .add(test(reverse.source(), sources, row + ".resource"))
                .add(dialect.lookEnd() + ")");
    }

    /** The condition that a resource passes all of them. */
    Sql tests(List<Criterion> criteria, List<Kind> kinds, String resource) {
        return Sql.all(criteria.stream().map(each -> test(each, kinds, resource)).toList());
    }

    static StorageException.NotSupported unsupported(String what) {
        return new StorageException.NotSupported("this backend does not " + what);
    }
}
