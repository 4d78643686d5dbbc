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

/**
 * Compiles criteria in two forms: as a test of one resource, and as a set of rows to begin with.
 * For one statement and one thread.
 */
final class CriterionCompiler {
    /** Databases bound how many selections a union has; merging many gains nothing either. */
    private static final int ARM_LIMIT = 64;

    private static final Set<Facet> REDUNDANT_FOR_PRESENCE =
            Set.of(Facet.TEXT_EXACT, Facet.QUANTITY_CANONICAL);

    private final Dialect dialect;
    private final Catalog catalog;
    private final ValueConditions conditions;
    private final Function<Selection, Optional<Sql>> smallSet;
    private int aliases;

    /** Live resources of some types that pass a criterion. */
    record Selection(Criterion criterion, List<Kind> kinds) {}

    /**
     * @param smallSet the statement that selects the column {@code id} of a selection, if that is
     *     known to be small
     */
    CriterionCompiler(
            Dialect dialect, Catalog catalog, Function<Selection, Optional<Sql>> smallSet) {
        this.dialect = dialect;
        this.catalog = catalog;
        this.smallSet = smallSet;
        conditions = new ValueConditions(dialect, catalog);
    }

    private String alias() {
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
                    value(Rows.of(value), List.of(value.test()), kinds, resource);
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

    /** The rows that tests of values look at. */
    private record Rows(String parameter, Facet facet) {

        static Rows of(Criterion.Value value) {
            return new Rows(value.parameter(), ValueConditions.facet(value.test()));
        }
    }

    /**
     * Alternatives about the same rows share one look at them: databases take long to plan
     * thousands of subqueries.
     */
    private Sql any(List<Criterion> criteria, List<Kind> kinds, String resource) {
        var values = new LinkedHashMap<Rows, List<ValueTest>>();
        var tests = new ArrayList<Sql>();
        Map<Together, List<List<ValueTest>>> groups = Together.several(criteria);
        for (Criterion criterion : criteria) {
            if (criterion instanceof Criterion.Value value) {
                values.computeIfAbsent(Rows.of(value), rows -> new ArrayList<>()).add(value.test());
            } else if (Together.of(criterion).filter(groups::containsKey).isEmpty()) {
                tests.add(test(criterion, kinds, resource));
            }
        }
        groups.forEach((rows, pairs) -> tests.add(together(rows, pairs, kinds, resource)));
        values.forEach(
                (rows, alternatives) -> tests.add(value(rows, alternatives, kinds, resource)));
        return Sql.any(tests);
    }

    private Sql value(Rows rows, List<ValueTest> alternatives, List<Kind> kinds, String resource) {
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

    /**
     * Conjunctions of values in rows of the same kinds: that the resource has a row of each that
     * passes is to have rows that pass together, which one look finds for all alternatives.
     *
     * @param rest what all of them ask besides
     */
    private record Together(List<Rows> rows, List<Criterion> rest) {

        /** That of a conjunction of several values. */
        static Optional<Together> of(Criterion criterion) {
            if (!(criterion instanceof Criterion.All(List<Criterion> parts))) {
                return Optional.empty();
            }
            var rows = new ArrayList<Rows>();
            var rest = new ArrayList<Criterion>();
            for (Criterion part : parts) {
                if (isRow(part)) {
                    rows.add(Rows.of((Criterion.Value) part));
                } else {
                    rest.add(part);
                }
            }
            return rows.size() < 2 ? Optional.empty() : Optional.of(new Together(rows, rest));
        }

        /** Words are looked up by an index of their own, not row by row. */
        private static boolean isRow(Criterion part) {
            return part instanceof Criterion.Value value
                    && ValueConditions.facet(value.test()) != Facet.FULL_TEXT;
        }

        /** Those of more than one alternative, with the tests of each. */
        static Map<Together, List<List<ValueTest>>> several(List<Criterion> alternatives) {
            var groups = new LinkedHashMap<Together, List<List<ValueTest>>>();
            for (Criterion alternative : alternatives) {
                of(alternative)
                        .ifPresent(
                                rows ->
                                        groups.computeIfAbsent(rows, _ -> new ArrayList<>())
                                                .add(tests(alternative)));
            }
            groups.values().removeIf(tests -> tests.size() < 2);
            return groups;
        }

        private static List<ValueTest> tests(Criterion conjunction) {
            return ((Criterion.All) conjunction)
                    .criteria().stream()
                            .filter(Together::isRow)
                            .map(value -> ((Criterion.Value) value).test())
                            .toList();
        }
    }

    private Sql together(
            Together group, List<List<ValueTest>> alternatives, List<Kind> kinds, String resource) {
        int size = group.rows().size();
        var aliases = new ArrayList<String>();
        var parameters = new ArrayList<List<Long>>();
        for (Rows rows : group.rows()) {
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

    private static Sql ids(String r, Criterion.Id id) {
        return id.ids().isEmpty()
                ? Sql.never()
                : new Sql().among(r + ".logical_id", sorted(id.ids()));
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }

    static List<Kind> narrowed(List<Kind> kinds, Set<String> types) {
        return kinds.stream().filter(kind -> types.contains(kind.type())).toList();
    }

    private static Sql kindsAmong(String r, List<Kind> kinds) {
        return kinds.isEmpty()
                ? Sql.never()
                : new Sql().among(r + ".kind", kinds.stream().map(Kind::number).toList());
    }

    private static Sql lastUpdated(String r, Criterion.LastUpdated updated) {
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

    /** Facets that have not always been there. */
    private static final Set<Facet> LATER =
            Set.of(Facet.POSITION, Facet.COMPOSITE, Facet.FULL_TEXT);

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

    private List<Long> parameters(List<Kind> kinds, String code, Facet facet) {
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
    private Map<Facet, List<Long>> presence(String code, List<Kind> kinds) {
        var facets = new EnumMap<Facet, List<Long>>(Facet.class);
        for (Facet facet : Facet.values()) {
            var parameters = parameters(kinds, code, facet);
            if (!REDUNDANT_FOR_PRESENCE.contains(facet) && !parameters.isEmpty()) {
                facets.put(facet, parameters);
            }
        }
        return facets;
    }

    private Candidate byPresence(Criterion.Present present, List<Kind> kinds) {
        var arms = new ArrayList<Candidate.Arm>();
        presence(present.parameter(), kinds)
                .forEach(
                        (facet, parameters) -> {
                            String row = alias();
                            arms.add(
                                    new Candidate.Arm(
                                            Sql.of(dialect.table(facet) + " " + row),
                                            row + ".resource",
                                            new Sql().among(row + ".parameter", parameters),
                                            kinds));
                        });
        return new Candidate(arms, false);
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

    /** Rows to begin with; empty when no index has them. */
    Optional<Candidate> candidate(Criterion criterion, List<Kind> kinds) {
        return switch (criterion) {
            case Criterion.Any any -> union(any.criteria(), kinds);
            case Criterion.Id id -> Optional.of(byId(id, kinds));
            case Criterion.LastUpdated updated -> Optional.of(byLastUpdated(updated, kinds));
            case Criterion.Value value -> byValue(value, kinds);
            case Criterion.Chain chain -> byChain(chain, kinds);
            case Criterion.ReverseChain reverse -> byReverseChain(reverse, kinds);
            case Criterion.Present present -> Optional.of(byPresence(present, kinds));
            case Criterion.All all ->
                    alone(all, kinds)
                            .map(left -> candidate(left.criterion(), left.kinds()))
                            .orElseGet(() -> oneTestedByOthers(all, kinds));
            case Criterion.Type type -> Optional.of(walk(narrowed(kinds, type.types())));
            case Criterion.Not _, Criterion.Contained _ -> Optional.empty();
        };
    }

    /** What is left of a conjunction when its types are taken out, if that is one criterion. */
    private static Optional<Selection> alone(Criterion.All all, List<Kind> kinds) {
        List<Kind> left = kinds;
        var others = new ArrayList<Criterion>();
        for (Criterion criterion : all.criteria()) {
            if (criterion instanceof Criterion.Type type) {
                left = narrowed(left, type.types());
            } else {
                others.add(criterion);
            }
        }
        return others.size() == 1
                ? Optional.of(new Selection(others.getFirst(), left))
                : Optional.empty();
    }

    /**
     * Of a conjunction among alternatives, one to begin with: rather one whose rows come in order,
     * for that is equality with one value.
     */
    private Optional<Candidate> oneTestedByOthers(Criterion.All all, List<Kind> kinds) {
        List<Kind> left = kinds;
        var others = new ArrayList<Criterion>();
        for (Criterion criterion : all.criteria()) {
            if (criterion instanceof Criterion.Type type) {
                left = narrowed(left, type.types());
            } else {
                others.add(criterion);
            }
        }
        Optional<Candidate> best = Optional.empty();
        int begun = 0;
        for (int i = 0; i < others.size() && best.filter(Candidate::ordered).isEmpty(); i++) {
            var candidate = candidate(others.get(i), left);
            if (candidate.isPresent() && (best.isEmpty() || candidate.get().ordered())) {
                best = candidate;
                begun = i;
            }
        }
        if (best.isPresent()) {
            others.remove(begun);
        }
        List<Kind> tested = left;
        return best.map(candidate -> candidate.testedBy(arm -> tests(others, tested, arm.id())));
    }

    private Sql tests(List<Criterion> criteria, List<Kind> kinds, String resource) {
        return Sql.all(criteria.stream().map(each -> test(each, kinds, resource)).toList());
    }

    private Optional<Candidate> union(List<Criterion> criteria, List<Kind> kinds) {
        Map<Together, List<List<ValueTest>>> groups = Together.several(criteria);
        if (groups.isEmpty()) {
            return unionOfEach(criteria, kinds);
        }
        var arms = new ArrayList<Candidate.Arm>();
        for (var group : groups.entrySet()) {
            if (group.getValue().size() > ARM_LIMIT) {
                return Optional.empty();
            }
            arms.addAll(oneOfGroup(group.getKey(), group.getValue(), kinds).arms());
        }
        var others =
                criteria.stream()
                        .filter(it -> Together.of(it).filter(groups::containsKey).isEmpty())
                        .toList();
        return unionOfEach(others, kinds)
                .flatMap(
                        candidate -> {
                            arms.addAll(candidate.arms());
                            return bounded(arms, false);
                        });
    }

    /** All rows of one kind that any of the alternatives asks for, rather by equality. */
    private Candidate oneOfGroup(
            Together group, List<List<ValueTest>> alternatives, List<Kind> kinds) {
        int begun = 0;
        for (int i = group.rows().size() - 1; i >= 0; i--) {
            int at = i;
            if (alternatives.stream().allMatch(tests -> conditions.singleKey(tests.get(at)))) {
                begun = i;
            }
        }
        int at = begun;
        Rows rows = group.rows().get(begun);
        var parameters = searchedParameters(kinds, rows.parameter(), rows.facet());
        if (parameters.isEmpty()) {
            return new Candidate(List.of(), false);
        }
        String row = alias();
        Sql where =
                new Sql()
                        .among(row + ".parameter", parameters)
                        .add(" AND ")
                        .add(
                                Sql.any(
                                        alternatives.stream()
                                                .map(tests -> tests.get(at))
                                                .distinct()
                                                .map(
                                                        test ->
                                                                conditions.condition(
                                                                        test, row, parameters))
                                                .toList()));
        var arm =
                new Candidate.Arm(
                        Sql.of(dialect.table(rows.facet()) + " " + row),
                        row + ".resource",
                        where,
                        kinds);
        return new Candidate(List.of(arm), false)
                .testedBy(tested -> together(group, alternatives, kinds, tested.id()));
    }

    private Optional<Candidate> unionOfEach(List<Criterion> criteria, List<Kind> kinds) {
        var arms = new ArrayList<Candidate.Arm>();
        boolean ordered = true;
        for (Criterion criterion : criteria) {
            var candidate = candidate(criterion, kinds);
            if (candidate.isEmpty()) {
                return Optional.empty();
            }
            arms.addAll(candidate.get().arms());
            ordered &= candidate.get().ordered();
            if (arms.size() > ARM_LIMIT) {
                return unionOfFewer(criteria, kinds);
            }
        }
        return bounded(arms, ordered);
    }

    /**
     * The same with one arm for all types of a value, so that the arms are fewer, but unordered.
     */
    private Optional<Candidate> unionOfFewer(List<Criterion> criteria, List<Kind> kinds) {
        var arms = new ArrayList<Candidate.Arm>();
        for (Criterion criterion : criteria) {
            var selection =
                    criterion instanceof Criterion.All all
                            ? alone(all, kinds).orElse(new Selection(criterion, kinds))
                            : new Selection(criterion, kinds);
            var candidate =
                    selection.criterion() instanceof Criterion.Value value
                            ? byValueAtOnce(value, selection.kinds())
                            : candidate(selection.criterion(), selection.kinds());
            if (candidate.isEmpty() || arms.size() > ARM_LIMIT) {
                return Optional.empty();
            }
            arms.addAll(candidate.get().arms());
        }
        return bounded(arms, false);
    }

    private Optional<Candidate> byValueAtOnce(Criterion.Value value, List<Kind> kinds) {
        Facet facet = ValueConditions.facet(value.test());
        var parameters = searchedParameters(kinds, value.parameter(), facet);
        return parameters.isEmpty() || value.test() instanceof ValueTest.TokenDisplay
                ? byValue(value, kinds)
                : byAllAtOnce(value.test(), facet, parameters, kinds);
    }

    private static Optional<Candidate> bounded(List<Candidate.Arm> arms, boolean ordered) {
        return arms.size() > ARM_LIMIT
                ? Optional.empty()
                : Optional.of(new Candidate(arms, ordered));
    }

    private Candidate byId(Criterion.Id id, List<Kind> kinds) {
        if (id.ids().isEmpty() || kinds.isEmpty()) {
            return new Candidate(List.of(), true);
        }
        String r = alias();
        Sql where = kindsAmong(r, kinds).add(" AND " + r + ".deleted = 0 AND ").add(ids(r, id));
        boolean atMostOne = id.ids().size() == 1 && kinds.size() == 1;
        return new Candidate(List.of(resources(r, where, kinds)), atMostOne);
    }

    private static Candidate.Arm resources(String r, Sql where, List<Kind> kinds) {
        return new Candidate.Arm(Sql.of("resources " + r), r + ".id", where, kinds);
    }

    private Candidate byLastUpdated(Criterion.LastUpdated updated, List<Kind> kinds) {
        if (kinds.isEmpty()) {
            return new Candidate(List.of(), true);
        }
        String r = alias();
        Sql where =
                kindsAmong(r, kinds)
                        .add(" AND " + r + ".deleted = 0 AND ")
                        .add(lastUpdated(r, updated));
        return new Candidate(List.of(resources(r, where, kinds)), false);
    }

    /** All live resources of the types, in the order of their numbers. */
    Candidate walk(List<Kind> kinds) {
        var arms = new ArrayList<Candidate.Arm>();
        if (kinds.size() > ARM_LIMIT) {
            String r = alias();
            arms.add(resources(r, kindsAmong(r, kinds).add(" AND " + r + ".deleted = 0"), kinds));
        } else {
            for (Kind kind : kinds) {
                String r = alias();
                arms.add(
                        resources(
                                r,
                                kindsAmong(r, List.of(kind)).add(" AND " + r + ".deleted = 0"),
                                List.of(kind)));
            }
        }
        return new Candidate(arms, true);
    }

    private Optional<Candidate> byValue(Criterion.Value value, List<Kind> kinds) {
        Facet facet = ValueConditions.facet(value.test());
        var parameters = searchedParameters(kinds, value.parameter(), facet);
        if (parameters.isEmpty()) {
            return Optional.of(new Candidate(List.of(), true));
        }
        if (value.test() instanceof ValueTest.TokenDisplay display) {
            return Optional.of(byDisplay(display, parameters, kinds));
        }
        var arms = new ArrayList<Candidate.Arm>();
        boolean ordered = true;
        for (ValueTest test : ValueConditions.alternatives(value.test())) {
            boolean single = conditions.singleKey(test);
            ordered &= single;
            if (arms.size() + (single ? parameters.size() : 1) > ARM_LIMIT) {
                return byAllAtOnce(value.test(), facet, parameters, kinds);
            }
            if (!single) {
                arms.add(arm(facet, parameters, test, kinds));
                continue;
            }
            for (Kind kind : kinds) {
                var own = parameters(List.of(kind), value.parameter(), facet);
                if (!own.isEmpty()) {
                    arms.add(arm(facet, own, test, List.of(kind)));
                }
            }
        }
        return Optional.of(new Candidate(arms, ordered));
    }

    /** Among others a row of each resource whose dates lie within bounds. */
    Candidate stretch(String code, DateBounds bounds, List<Kind> kinds) {
        var arms = new ArrayList<Candidate.Arm>();
        for (Kind kind : kinds) {
            for (long parameter : searchedParameters(List.of(kind), code, Facet.DATE)) {
                String row = alias();
                Sql where = Sql.of(row + ".parameter = ").bind(parameter);
                bounds.least(false, parameter)
                        .ifPresent(time -> where.add(" AND " + row + ".low >= ").add(time));
                bounds.greatest(false, parameter)
                        .ifPresent(time -> where.add(" AND " + row + ".low <= ").add(time));
                arms.add(
                        new Candidate.Arm(
                                Sql.of(Facet.DATE.table() + " " + row),
                                row + ".resource",
                                where,
                                List.of(kind)));
            }
        }
        return new Candidate(arms, false);
    }

    private Optional<Candidate> byAllAtOnce(
            ValueTest test, Facet facet, List<Long> parameters, List<Kind> kinds) {
        return Optional.of(new Candidate(List.of(arm(facet, parameters, test, kinds)), false));
    }

    private Candidate.Arm arm(
            Facet facet, List<Long> parameters, ValueTest test, List<Kind> kinds) {
        String row = alias();
        return new Candidate.Arm(
                Sql.of(dialect.table(facet) + " " + row),
                row + ".resource",
                new Sql()
                        .among(row + ".parameter", parameters)
                        .add(" AND ")
                        .add(conditions.condition(test, row, parameters)),
                kinds);
    }

    /** From the few distinct displays of the parameter to the codes and on to their rows. */
    private Candidate byDisplay(
            ValueTest.TokenDisplay display, List<Long> parameters, List<Kind> kinds) {
        String known = alias();
        String row = alias();
        Sql from = Sql.of("token_display " + known + " CROSS JOIN token_index " + row);
        Sql where =
                new Sql()
                        .among(known + ".parameter", parameters)
                        .add(" AND ")
                        .add(conditions.condition(display, known, parameters))
                        .add(" AND " + row + ".parameter = " + known + ".parameter")
                        .add(" AND " + row + ".code = " + known + ".code")
                        .add(" AND " + row + ".system = " + known + ".system")
                        .add(" AND " + row + ".display = " + known + ".display");
        return new Candidate(
                List.of(new Candidate.Arm(from, row + ".resource", where, kinds)), false);
    }

    private Optional<Candidate> byChain(Criterion.Chain chain, List<Kind> kinds) {
        var targets =
                chain.targetTypes().isEmpty()
                        ? List.<Kind>of()
                        : catalog.kinds(chain.targetTypes());
        var parameters = parameters(kinds, chain.parameter(), Facet.LOCAL_REFERENCE);
        if (targets.isEmpty() || parameters.isEmpty()) {
            return Optional.of(new Candidate(List.of(), true));
        }
        return smallSet.apply(new Selection(chain.target(), targets))
                .map(
                        set -> {
                            String found = alias();
                            String target = alias();
                            String row = alias();
                            Sql from =
                                    gathered(set, found)
                                            .add(" CROSS JOIN resources " + target)
                                            .add(" CROSS JOIN reference_index " + row);
                            Sql where =
                                    Sql.of(target + ".id = " + found + ".id AND ")
                                            .among(row + ".parameter", parameters)
                                            .add(" AND " + conditions.leadsTo(row, target));
                            return new Candidate(
                                    List.of(
                                            new Candidate.Arm(
                                                    from, row + ".resource", where, kinds)),
                                    false);
                        });
    }

    private Optional<Candidate> byReverseChain(Criterion.ReverseChain reverse, List<Kind> kinds) {
        var sources = catalog.kinds(Set.of(reverse.sourceType()));
        var parameters = parameters(sources, reverse.parameter(), Facet.LOCAL_REFERENCE);
        if (parameters.isEmpty() || kinds.isEmpty()) {
            return Optional.of(new Candidate(List.of(), true));
        }
        return smallSet.apply(new Selection(reverse.source(), sources))
                .map(
                        set ->
                                new Candidate(
                                        List.of(
                                                dialect.looksUpArrays() && kinds.size() == 1
                                                        ? ledToByArrays(
                                                                set, parameters, kinds.getFirst())
                                                        : ledTo(set, parameters, kinds)),
                                        false));
    }

    /** What resources of a set refer to. */
    private Candidate.Arm ledTo(Sql set, List<Long> parameters, List<Kind> kinds) {
        String found = alias();
        String row = alias();
        String self = alias();
        Sql references = gathered(set, found).add(" CROSS JOIN reference_index " + row);
        Sql theirs =
                Sql.of(row + ".resource = " + found + ".id AND ")
                        .among(row + ".parameter", parameters);
        Sql size = Sql.of("SELECT 1 AS one FROM ").add(references).add(" WHERE ").add(theirs);
        return new Candidate.Arm(
                        references.copy().add(" CROSS JOIN resources " + self),
                        self + ".id",
                        theirs.copy()
                                .add(" AND " + conditions.leadsTo(row, self))
                                .add(" AND " + self + ".deleted = 0 AND ")
                                .add(kindsAmong(self, kinds)),
                        kinds)
                .counted(size);
    }

    private Candidate.Arm ledToByArrays(Sql set, List<Long> parameters, Kind kind) {
        String row = alias();
        String self = alias();
        Sql references =
                Sql.of(" FROM reference_index " + row + " WHERE " + row + ".resource = ANY (ARRAY(")
                        .add(set)
                        .add(")) AND ")
                        .among(row + ".parameter", parameters)
                        .add(" AND " + row + ".target_kind = ")
                        .bind(kind.number());
        Sql where =
                kindsAmong(self, List.of(kind))
                        .add(" AND " + self + ".logical_id = ANY (ARRAY(SELECT " + row + ".target")
                        .add(references)
                        .add(")) AND " + self + ".deleted = 0");
        return resources(self, where, List.of(kind))
                .counted(Sql.of("SELECT 1 AS one").add(references));
    }

    /** A set that the database computes once, whatever it joins it with. */
    private static Sql gathered(Sql set, String alias) {
        return Sql.of("(WITH gathered AS MATERIALIZED (")
                .add(set)
                .add(") SELECT id FROM gathered) " + alias);
    }

    static StorageException.NotSupported unsupported(String what) {
        return new StorageException.NotSupported("this backend does not " + what);
    }
}
