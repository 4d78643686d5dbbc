package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.query_dsl.Query;

import dev.andiron.spi.search.Criterion;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Translates criteria. Chains are resolved on the way: Elasticsearch joins nothing, so what one end
 * of a chain leads to is asked for first.
 */
final class CriterionCompiler {
    private final Joins joins;
    private final String path;
    private final ValueClauses values;

    /** Criteria about resources. */
    CriterionCompiler(Joins joins) {
        this(joins, "");
    }

    private CriterionCompiler(Joins joins, String path) {
        this.joins = joins;
        this.path = path;
        values = new ValueClauses(path);
    }

    /**
     * Live resources of some types that match; all that is found belongs to the tenant of the
     * joins.
     *
     * @param types the types; empty means all
     */
    Query resources(Collection<String> types, Criterion criterion) {
        var all = new ArrayList<Query>();
        all.add(Clauses.term(Field.SCOPE, joins.scope()));
        all.add(Clauses.term(Field.KIND, Field.LIVE));
        if (!types.isEmpty()) {
            all.add(Clauses.terms(Field.TYPE, types));
        }
        all.add(matches(criterion));
        return Clauses.all(all);
    }

    /** The criterion holds. */
    Query matches(Criterion criterion) {
        return switch (criterion) {
            case Criterion.All(var criteria) ->
                    Clauses.all(criteria.stream().map(this::matches).toList());
            case Criterion.Any(var criteria) ->
                    Clauses.any(criteria.stream().map(this::matches).toList());
            case Criterion.Not(var inner) -> Clauses.not(matches(inner));
            case Criterion.Id(var ids) -> Clauses.terms(path + Field.ID, ids);
            case Criterion.Type(var types) -> Clauses.terms(path + Field.TYPE, types);
            case Criterion.LastUpdated updated ->
                    UpdatedClauses.hold(path + Field.UPDATED, updated);
            case Criterion.Value(String parameter, var test) ->
                    values.passes(Keys.prefix(parameter), parameter, test);
            case Criterion.Present(String parameter) -> Clauses.term(path + Field.HAS, parameter);
            case Criterion.Chain chain -> chain(chain);
            case Criterion.ReverseChain chain -> reverseChain(chain);
            case Criterion.Contained contained -> contained(contained);
        };
    }

    private Query chain(Criterion.Chain chain) {
        if (chain.targetTypes().isEmpty()) {
            return Clauses.never();
        }
        String prefix = Keys.prefix(chain.parameter());
        List<String> targets =
                joins.keys(
                        new CriterionCompiler(joins).resources(chain.targetTypes(), chain.target()),
                        chain.parameter());
        return Clauses.terms(
                path + Field.REFERENCE, targets.stream().map(key -> prefix + key).toList());
    }

    private Query reverseChain(Criterion.ReverseChain chain) {
        if (!path.isEmpty()) {
            return Clauses.never();
        }
        return Clauses.terms(
                Field.KEY,
                joins.targets(
                        new CriterionCompiler(joins)
                                .resources(Set.of(chain.sourceType()), chain.source()),
                        chain.parameter()));
    }

    private Query contained(Criterion.Contained contained) {
        if (!path.isEmpty()) {
            return Clauses.never();
        }
        String inside = Field.CONTAINED + ".";
        var all = new ArrayList<Query>();
        all.add(Clauses.term(inside + Field.OF, contained.parameter()));
        if (!contained.types().isEmpty()) {
            all.add(Clauses.terms(inside + Field.TYPE, contained.types()));
        }
        all.add(new CriterionCompiler(joins, inside).matches(contained.criterion()));
        return Clauses.nested(Field.CONTAINED, Clauses.all(all));
    }
}
