package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.aggregations.CompositeAggregation;
import co.elastic.clients.elasticsearch._types.aggregations.CompositeAggregationSource;
import co.elastic.clients.elasticsearch._types.query_dsl.Query;
import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.elasticsearch.core.SearchResponse;
import co.elastic.clients.util.NamedValue;

import dev.andiron.spi.StorageException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What chains lead over, read in pages: all of it, or the search is refused. It is held in memory
 * while the search runs, so there is a bound.
 */
final class Joins {
    private static final int PAGE = 10_000;
    private static final String SOURCE = "link";

    private final Cluster cluster;
    private final Position position;
    private final int limit;

    Joins(Cluster cluster, Position position, int limit) {
        this.cluster = cluster;
        this.position = position;
        this.limit = limit;
    }

    /** What all documents have in common that may be found. */
    String scope() {
        return position.scope();
    }

    /** Type and id of the resources that a query finds. */
    List<String> keys(Query query, String parameter) {
        return distinct(query, Field.KEY, "", parameter);
    }

    /** Type and id of what the resources that a query finds refer to by a parameter. */
    List<String> targets(Query query, String parameter) {
        String prefix = Keys.prefix(parameter);
        return distinct(query, Field.REFERENCE, prefix, parameter).stream()
                .map(keyword -> keyword.substring(prefix.length()))
                .toList();
    }

    /**
     * The different keywords of a field that start with a prefix, ascending. Most fit on one page;
     * more are read again, as of one moment.
     */
    private List<String> distinct(Query query, String field, String prefix, String parameter) {
        Optional<String> start = Optional.of(prefix).filter(text -> !text.isEmpty());
        List<String> first = page(query, field, start, Optional.empty());
        if (first.size() < PAGE) {
            return first.stream().takeWhile(keyword -> keyword.startsWith(prefix)).toList();
        }
        try (var moment = PointInTime.open(cluster, position.copy().index())) {
            return all(query, field, prefix, parameter, moment);
        }
    }

    private List<String> all(
            Query query, String field, String prefix, String parameter, PointInTime moment) {
        var all = new ArrayList<String>();
        Optional<String> after = Optional.of(prefix).filter(text -> !text.isEmpty());
        while (true) {
            List<String> page = page(query, field, after, Optional.of(moment));
            for (String keyword : page) {
                if (!keyword.startsWith(prefix)) {
                    return all;
                }
                if (all.size() == limit) {
                    throw new StorageException.Unprocessable(
                            ("the chain over '%s' leads over more than %d resources, more than"
                                            + " this search index joins: ask for fewer")
                                    .formatted(parameter, limit));
                }
                all.add(keyword);
            }
            if (page.size() < PAGE) {
                return all;
            }
            after = Optional.of(page.getLast());
        }
    }

    private List<String> page(
            Query query, String field, Optional<String> after, Optional<PointInTime> moment) {
        CompositeAggregation links = links(field, after);
        var request =
                new SearchRequest.Builder()
                        .size(0)
                        .trackTotalHits(total -> total.enabled(false))
                        .query(q -> q.bool(b -> b.filter(query)))
                        .aggregations(SOURCE, links);
        SearchResponse<Void> found =
                Searches.whole(cluster, position.copy().index(), moment, request);
        return found.aggregations().get(SOURCE).composite().buckets().array().stream()
                .map(bucket -> bucket.key().get(SOURCE).stringValue())
                .toList();
    }

    private static CompositeAggregation links(String field, Optional<String> after) {
        var source = CompositeAggregationSource.of(s -> s.terms(t -> t.field(field)));
        return CompositeAggregation.of(
                links -> {
                    links.size(PAGE).sources(NamedValue.of(SOURCE, source));
                    after.ifPresent(key -> links.after(SOURCE, key));
                    return links;
                });
    }
}
