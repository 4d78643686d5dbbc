package dev.andiron.fhir.search;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;

import java.util.Collections;
import java.util.List;

/**
 * How well a resource that matches does so, from 0 to 1, by the full text that was looked for. A
 * word, or a phrase, that occurs n times in the texts of its parameter scores n / (n + 1), several
 * words their mean; all of several criteria score their mean, any of several the best one. Criteria
 * about anything but full text say nothing; a search of those alone scores 1.
 */
public final class Relevance {
    private static final double NOTHING_SAID = Double.NaN;

    private Relevance() {}

    /** The score of a resource that matches. */
    public static double of(Criterion criterion, SearchFacts resource) {
        double score = score(criterion, resource);
        return Double.isNaN(score) ? 1 : score;
    }

    private static double score(Criterion criterion, SearchFacts resource) {
        return switch (criterion) {
            case Criterion.All all -> {
                double sum = 0;
                int said = 0;
                for (Criterion each : all.criteria()) {
                    double score = score(each, resource);
                    if (!Double.isNaN(score)) {
                        sum += score;
                        said++;
                    }
                }
                yield said == 0 ? NOTHING_SAID : sum / said;
            }
            case Criterion.Any any -> {
                double best = NOTHING_SAID;
                for (Criterion each : any.criteria()) {
                    double score = score(each, resource);
                    if (Double.isNaN(best) || score > best) {
                        best = score;
                    }
                }
                yield best;
            }
            case Criterion.Value value ->
                    switch (value.test()) {
                        case ValueTest.Words words ->
                                words.words().stream()
                                        .mapToDouble(
                                                word ->
                                                        score(
                                                                value.parameter(),
                                                                List.of(word),
                                                                resource))
                                        .average()
                                        .orElse(1);
                        case ValueTest.Phrase phrase ->
                                score(value.parameter(), phrase.words(), resource);
                        default -> NOTHING_SAID;
                    };
            case Criterion.Not _,
                    Criterion.Id _,
                    Criterion.Type _,
                    Criterion.LastUpdated _,
                    Criterion.Present _,
                    Criterion.Chain _,
                    Criterion.ReverseChain _,
                    Criterion.Contained _ ->
                    NOTHING_SAID;
        };
    }

    private static double score(String parameter, List<String> phrase, SearchFacts resource) {
        List<String> wanted = phrase.stream().map(TextNormalizer::normalize).toList();
        int times = 0;
        for (SearchValue value : resource.values()) {
            if (value instanceof SearchValue.FullText text && text.parameter().equals(parameter)) {
                List<String> words = Words.of(text.text());
                for (int at = Collections.indexOfSubList(words, wanted); at >= 0; ) {
                    times++;
                    words = words.subList(at + wanted.size(), words.size());
                    at = Collections.indexOfSubList(words, wanted);
                }
            }
        }
        return times / (times + 1.0);
    }
}
