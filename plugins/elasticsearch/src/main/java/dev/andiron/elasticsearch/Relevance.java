package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.query_dsl.Query;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.ValueTest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How well a resource matches, from 0 to 1, by the full text that was looked for: a word or a
 * phrase that occurs n times scores n / (n + 1), several words their mean, several criteria their
 * mean, alternatives the best one. It depends on the resource alone, so that it tells nothing of
 * other tenants' texts, and stays while others write. The index's similarity computes the first
 * part; this says the others.
 */
final class Relevance {
    private Relevance() {}

    /** What scores the resources that match; without any full text all score 1. */
    static Query of(Criterion criterion) {
        return score(criterion, 1)
                .orElseGet(
                        () ->
                                Query.of(
                                        q ->
                                                q.constantScore(
                                                        c ->
                                                                c.filter(Clauses.always())
                                                                        .boost(1f))));
    }

    private static Optional<Query> score(Criterion criterion, double weight) {
        return switch (criterion) {
            case Criterion.All(var criteria) -> {
                List<Criterion> speaking =
                        criteria.stream().filter(each -> score(each, 1).isPresent()).toList();
                yield sum(
                        speaking.stream()
                                .map(each -> score(each, weight / speaking.size()).orElseThrow())
                                .toList());
            }
            case Criterion.Any(var criteria) -> {
                var alternatives = new ArrayList<Query>();
                criteria.forEach(each -> score(each, weight).ifPresent(alternatives::add));
                yield alternatives.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                Query.of(
                                        q ->
                                                q.disMax(
                                                        d ->
                                                                d.queries(alternatives)
                                                                        .tieBreaker(0.0))));
            }
            case Criterion.Value(String parameter, ValueTest.Words(var words)) ->
                    sum(
                            words.stream()
                                    .map(
                                            word ->
                                                    ValueClauses.word(
                                                            Element.textField(parameter),
                                                            word,
                                                            weight / words.size()))
                                    .toList());
            case Criterion.Value(String parameter, ValueTest.Phrase(var words)) ->
                    words.isEmpty()
                            ? Optional.empty()
                            : Optional.of(
                                    ValueClauses.phrase(
                                            Element.textField(parameter), words, weight));
            case Criterion.Value _,
                    Criterion.Not _,
                    Criterion.Id _,
                    Criterion.Type _,
                    Criterion.LastUpdated _,
                    Criterion.Present _,
                    Criterion.Chain _,
                    Criterion.ReverseChain _,
                    Criterion.Contained _ ->
                    Optional.empty();
        };
    }

    private static Optional<Query> sum(List<Query> parts) {
        return switch (parts.size()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(parts.getFirst());
            default -> Optional.of(Query.of(q -> q.bool(b -> b.should(parts))));
        };
    }
}
