package dev.andiron.sql;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.ValueTest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Compiles criteria as sets of rows to begin with, which the other criteria then test. For one
 * statement and one thread.
 */
final class CandidateCompiler {
    /** Databases bound how many selections a union has; merging many gains nothing either. */
    private static final int ARM_LIMIT = 64;

    private final Dialect dialect;
    private final Catalog catalog;
    private final CriterionCompiler compiler;
    private final ValueConditions conditions;
    private final Function<Selection, Optional<Sql>> smallSet;

    /** Live resources of some types that pass a criterion. */
    record Selection(Criterion criterion, List<Kind> kinds) {}

    /**
     * @param compiler makes the tests of the same statement
     * @param smallSet the statement that selects the column {@code id} of a selection, if that is
     *     known to be small
     */
    CandidateCompiler(
            Dialect dialect,
            Catalog catalog,
            CriterionCompiler compiler,
            Function<Selection, Optional<Sql>> smallSet) {
        this.dialect = dialect;
        this.catalog = catalog;
        this.compiler = compiler;
        this.smallSet = smallSet;
        conditions = compiler.conditions();
    }

    /** ValueRows to begin with; empty when no index has them. */
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
            case Criterion.Type type ->
                    Optional.of(walk(CriterionCompiler.narrowed(kinds, type.types())));
            case Criterion.Not _, Criterion.Contained _ -> Optional.empty();
        };
    }

    /** A conjunction without its types. */
    private record Narrowed(List<Criterion> criteria, List<Kind> kinds) {

        static Narrowed of(Criterion.All all, List<Kind> kinds) {
            List<Kind> left = kinds;
            var others = new ArrayList<Criterion>();
            for (Criterion criterion : all.criteria()) {
                if (criterion instanceof Criterion.Type type) {
                    left = CriterionCompiler.narrowed(left, type.types());
                } else {
                    others.add(criterion);
                }
            }
            return new Narrowed(others, left);
        }
    }

    /** What is left of a conjunction when its types are taken out, if that is one criterion. */
    private static Optional<Selection> alone(Criterion.All all, List<Kind> kinds) {
        var left = Narrowed.of(all, kinds);
        return left.criteria().size() == 1
                ? Optional.of(new Selection(left.criteria().getFirst(), left.kinds()))
                : Optional.empty();
    }

    /**
     * Of a conjunction among alternatives, one to begin with: rather one whose rows come in order,
     * for that is equality with one value.
     */
    private Optional<Candidate> oneTestedByOthers(Criterion.All all, List<Kind> kinds) {
        var narrowed = Narrowed.of(all, kinds);
        var others = new ArrayList<>(narrowed.criteria());
        Optional<Candidate> best = Optional.empty();
        int begun = 0;
        for (int i = 0; i < others.size() && best.filter(Candidate::ordered).isEmpty(); i++) {
            var candidate = candidate(others.get(i), narrowed.kinds());
            if (candidate.isPresent() && (best.isEmpty() || candidate.get().ordered())) {
                best = candidate;
                begun = i;
            }
        }
        if (best.isPresent()) {
            others.remove(begun);
        }
        return best.map(
                candidate ->
                        candidate.testedBy(
                                arm -> compiler.tests(others, narrowed.kinds(), arm.id())));
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
        ValueRows rows = group.rows().get(begun);
        var parameters = compiler.searchedParameters(kinds, rows.parameter(), rows.facet());
        if (parameters.isEmpty()) {
            return new Candidate(List.of(), false);
        }
        String row = compiler.alias();
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
                .testedBy(tested -> compiler.together(group, alternatives, kinds, tested.id()));
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
        var parameters = compiler.searchedParameters(kinds, value.parameter(), facet);
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
        String r = compiler.alias();
        // Without the index of what is alive, which has the order but leads through the whole type.
        Sql where =
                CriterionCompiler.kindsAmong(r, kinds)
                        .add(" AND " + dialect.withoutIndex(r + ".deleted") + " = 0 AND ")
                        .add(compiler.ids(r, id));
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
        String r = compiler.alias();
        Sql where =
                CriterionCompiler.kindsAmong(r, kinds)
                        .add(" AND " + r + ".deleted = 0 AND ")
                        .add(CriterionCompiler.lastUpdated(r, updated));
        return new Candidate(List.of(resources(r, where, kinds)), false);
    }

    /** All live resources of the types, in the order of their numbers. */
    Candidate walk(List<Kind> kinds) {
        var arms = new ArrayList<Candidate.Arm>();
        if (kinds.size() > ARM_LIMIT) {
            String r = compiler.alias();
            arms.add(
                    resources(
                            r,
                            CriterionCompiler.kindsAmong(r, kinds)
                                    .add(" AND " + r + ".deleted = 0"),
                            kinds));
        } else {
            for (Kind kind : kinds) {
                String r = compiler.alias();
                arms.add(
                        resources(
                                r,
                                CriterionCompiler.kindsAmong(r, List.of(kind))
                                        .add(" AND " + r + ".deleted = 0"),
                                List.of(kind)));
            }
        }
        return new Candidate(arms, true);
    }

    private Candidate byPresence(Criterion.Present present, List<Kind> kinds) {
        var arms = new ArrayList<Candidate.Arm>();
        compiler.presence(present.parameter(), kinds)
                .forEach(
                        (facet, parameters) -> {
                            String row = compiler.alias();
                            arms.add(
                                    new Candidate.Arm(
                                            Sql.of(dialect.table(facet) + " " + row),
                                            row + ".resource",
                                            new Sql().among(row + ".parameter", parameters),
                                            kinds));
                        });
        return new Candidate(arms, false);
    }

    private Optional<Candidate> byValue(Criterion.Value value, List<Kind> kinds) {
        Facet facet = ValueConditions.facet(value.test());
        var parameters = compiler.searchedParameters(kinds, value.parameter(), facet);
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
                var own = compiler.parameters(List.of(kind), value.parameter(), facet);
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
            for (long parameter : compiler.searchedParameters(List.of(kind), code, Facet.DATE)) {
                String row = compiler.alias();
                Sql where = Sql.of(row + ".parameter = ").bind(parameter);
                bounds.least(dialect, false, parameter)
                        .ifPresent(time -> where.add(" AND " + row + ".low >= ").add(time));
                bounds.greatest(dialect, false, parameter)
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
        String row = compiler.alias();
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
        String known = compiler.alias();
        String row = compiler.alias();
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
        var parameters = compiler.parameters(kinds, chain.parameter(), Facet.LOCAL_REFERENCE);
        if (targets.isEmpty() || parameters.isEmpty()) {
            return Optional.of(new Candidate(List.of(), true));
        }
        return smallSet.apply(new Selection(chain.target(), targets))
                .map(
                        set -> {
                            String found = compiler.alias();
                            String target = compiler.alias();
                            String row = compiler.alias();
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
        var parameters = compiler.parameters(sources, reverse.parameter(), Facet.LOCAL_REFERENCE);
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
        String found = compiler.alias();
        String row = compiler.alias();
        String self = compiler.alias();
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
                                .add(CriterionCompiler.kindsAmong(self, kinds)),
                        kinds)
                .counted(size);
    }

    private Candidate.Arm ledToByArrays(Sql set, List<Long> parameters, Kind kind) {
        String row = compiler.alias();
        String self = compiler.alias();
        Sql references =
                Sql.of(" FROM reference_index " + row + " WHERE " + row + ".resource = ANY (ARRAY(")
                        .add(set)
                        .add(")) AND ")
                        .among(row + ".parameter", parameters)
                        .add(" AND " + row + ".target_kind = ")
                        .bind(kind.number());
        Sql where =
                CriterionCompiler.kindsAmong(self, List.of(kind))
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
}
