package dev.andiron.sql;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.ValueTest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * How well resources match the full-text criteria of a search: how large a part of a text's
 * different words the wanted ones are, at most 1, the best of the texts and criteria. It depends on
 * the text alone, so it tells nothing about other tenants' texts and stays while others write. As
 * millionths in the database.
 */
public final class Scores {
    private static final double MILLION = 1e6;

    private final Dialect dialect;
    private final CriterionCompiler compiler;
    private final List<Kind> kinds;

    Scores(Dialect dialect, CriterionCompiler compiler, List<Kind> kinds) {
        this.dialect = dialect;
        this.compiler = compiler;
        this.kinds = kinds;
    }

    /** The score that a sort key stands for; none for a resource that no text was asked of. */
    public static OptionalDouble of(Object key) {
        return key instanceof Long millionths
                ? OptionalDouble.of(millionths / MILLION)
                : OptionalDouble.empty();
    }

    private record Wanted(String parameter, ValueTest test, int words) {}

    /** Selects the score of {@code hit.id}; empty when no text was asked of it. */
    Optional<Sql> key(List<Criterion> criteria) {
        var all = new ArrayList<Wanted>();
        criteria.forEach(criterion -> gather(criterion, all));
        Sql scores = new Sql();
        String separator = "SELECT max(s.score) FROM (";
        for (Wanted wanted : all) {
            var parameters =
                    compiler.searchedParameters(kinds, wanted.parameter(), Facet.FULL_TEXT);
            if (!parameters.isEmpty()) {
                scores.add(separator)
                        .add("SELECT CASE WHEN x.words <= ")
                        .bind((long) wanted.words())
                        .add(" THEN 1000000 ELSE 1000000 * ")
                        .bind((long) wanted.words())
                        .add(" / x.words END AS score FROM full_text_index x")
                        .add(" WHERE ")
                        .add(dialect.ofResource(Facet.FULL_TEXT, "x", "hit.id") + " AND ")
                        .among("x.parameter", parameters)
                        .add(" AND ")
                        .add(compiler.conditions().condition(wanted.test(), "x", parameters));
                separator = " UNION ALL ";
            }
        }
        return scores.bindCount() == 0 ? Optional.empty() : Optional.of(scores.add(") s"));
    }

    private static void gather(Criterion criterion, List<Wanted> wanted) {
        switch (criterion) {
            case Criterion.All all -> all.criteria().forEach(each -> gather(each, wanted));
            case Criterion.Any any -> any.criteria().forEach(each -> gather(each, wanted));
            case Criterion.Value value when value.test() instanceof ValueTest.Words words ->
                    add(value, words.words(), wanted);
            case Criterion.Value value when value.test() instanceof ValueTest.Phrase phrase ->
                    add(value, phrase.words(), wanted);
            case Criterion.Value _,
                    Criterion.Not _,
                    Criterion.Id _,
                    Criterion.Type _,
                    Criterion.LastUpdated _,
                    Criterion.Present _,
                    Criterion.Chain _,
                    Criterion.ReverseChain _,
                    Criterion.Contained _ -> {}
        }
    }

    private static void add(Criterion.Value value, List<String> words, List<Wanted> wanted) {
        wanted.add(new Wanted(value.parameter(), value.test(), Set.copyOf(words).size()));
    }
}
