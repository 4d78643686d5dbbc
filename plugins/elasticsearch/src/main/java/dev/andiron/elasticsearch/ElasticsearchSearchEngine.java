package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.FieldValue;
import co.elastic.clients.elasticsearch._types.SortOptions;
import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.elasticsearch.core.SearchResponse;

import dev.andiron.elasticsearch.ClusterMeters.Operation;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

/** Searches. Hits are keys: the contents are the primary's. */
final class ElasticsearchSearchEngine implements SearchEngine {
    /** How many hits are asked for at once. */
    private static final int PAGE = 5_000;

    private final Cluster cluster;
    private final Positions positions;
    private final ElasticsearchOptions options;

    ElasticsearchSearchEngine(Cluster cluster, Positions positions, ElasticsearchOptions options) {
        this.cluster = cluster;
        this.positions = positions;
        this.options = options;
    }

    @Override
    public SearchPage search(TenantContext tenant, Query query) {
        return among(
                        tenant.tenant(),
                        position -> page(position.copy().index(), query, compile(position, query)))
                .orElseGet(
                        () ->
                                new SearchPage(
                                        List.of(),
                                        Optional.empty(),
                                        query.total() == Query.Total.NONE
                                                ? OptionalLong.empty()
                                                : OptionalLong.of(0)));
    }

    /**
     * Asks where the tenant's data is, and again if it was moved meanwhile: what is left behind is
     * deleted after a while.
     */
    private <T> Optional<T> among(TenantId tenant, Function<Position, T> question) {
        Optional<Position> asked = positions.searchable(tenant);
        while (asked.isPresent()) {
            Position position = asked.get();
            Optional<T> answer = Optional.empty();
            try {
                answer = Optional.of(question.apply(position));
            } catch (StorageException.Unavailable failure) {
                if (!Failures.isMissing(failure)) {
                    throw failure;
                }
                positions.forget(tenant);
            }
            asked = positions.searchable(tenant);
            if (answer.isPresent()
                    && asked.isPresent()
                    && asked.get().copy().equals(position.copy())) {
                return answer;
            }
        }
        return Optional.empty();
    }

    /**
     * A search in Elasticsearch's terms.
     *
     * @param filter what must hold
     * @param scores whether hits have scores
     */
    private record Compiled(
            co.elastic.clients.elasticsearch._types.query_dsl.Query filter,
            co.elastic.clients.elasticsearch._types.query_dsl.Query scoring,
            boolean scores,
            List<SortOptions> order) {

        co.elastic.clients.elasticsearch._types.query_dsl.Query query() {
            return co.elastic.clients.elasticsearch._types.query_dsl.Query.of(
                    q ->
                            q.bool(
                                    b -> {
                                        b.filter(filter);
                                        return scores ? b.should(scoring) : b;
                                    }));
        }
    }

    private Compiled compile(Position position, Query query) {
        var joins = new Joins(cluster, position, options.joinLimit());
        boolean scores = query.sort().stream().anyMatch(Sort.Score.class::isInstance);
        return new Compiled(
                new CriterionCompiler(joins).resources(query.types(), query.criterion()),
                Relevance.of(query.criterion()),
                scores,
                Sorting.of(query.sort()));
    }

    private SearchPage page(String index, Query query, Compiled compiled) {
        boolean counts = query.total() != Query.Total.NONE;
        if (query.limit() == 0 && !counts) {
            return new SearchPage(List.of(), Optional.empty(), OptionalLong.empty());
        }
        if (query.limit() < PAGE) {
            return page(index, query, compiled, Optional.empty());
        }
        // What takes several requests is of one moment.
        try (var moment = PointInTime.open(cluster, index)) {
            return page(index, query, compiled, Optional.of(moment));
        }
    }

    private SearchPage page(
            String index, Query query, Compiled compiled, Optional<PointInTime> moment) {
        boolean counts = query.total() != Query.Total.NONE;
        int keys = compiled.order().size();
        var hits = new ArrayList<co.elastic.clients.elasticsearch.core.search.Hit<Void>>();
        OptionalLong total = OptionalLong.empty();
        Optional<List<FieldValue>> after = query.after().map(end -> PageEnd.of(end, keys).values());
        // One more than asked for tells whether there is a next page.
        long wanted = query.limit() == 0 ? 0 : query.limit() + 1L;
        while (true) {
            int size = (int) Math.min(PAGE, wanted - hits.size());
            boolean countsNow = counts && hits.isEmpty();
            SearchRequest.Builder request = request(compiled, size, after, countsNow);
            SearchResponse<Void> found = Searches.whole(cluster, index, moment, request);
            if (countsNow) {
                total = OptionalLong.of(found.hits().total().value());
            }
            hits.addAll(found.hits().hits());
            if (found.hits().hits().size() < size || hits.size() >= wanted) {
                break;
            }
            after = Optional.of(sortedBy(hits.getLast(), keys));
        }
        boolean more = hits.size() > query.limit();
        var shown = more ? hits.subList(0, query.limit()) : hits;
        return new SearchPage(
                shown.stream().map(hit -> hit(hit, compiled)).toList(),
                more && query.limit() > 0
                        ? Optional.of(new PageEnd(sortedBy(shown.getLast(), keys)).cursor())
                        : Optional.empty(),
                total);
    }

    /** As of a moment, Elasticsearch adds a key of its own. */
    private static List<FieldValue> sortedBy(
            co.elastic.clients.elasticsearch.core.search.Hit<Void> hit, int keys) {
        return hit.sort().subList(0, keys);
    }

    private SearchRequest.Builder request(
            Compiled compiled, int size, Optional<List<FieldValue>> after, boolean counts) {
        var request =
                new SearchRequest.Builder()
                        .query(compiled.query())
                        .size(size)
                        .source(source -> source.fetch(false))
                        .trackTotalHits(total -> total.enabled(counts))
                        .trackScores(compiled.scores())
                        .timeout(options.requestTimeout().toMillis() + "ms")
                        .sort(compiled.order());
        after.ifPresent(request::searchAfter);
        return request;
    }

    private static Hit hit(
            co.elastic.clients.elasticsearch.core.search.Hit<Void> hit, Compiled compiled) {
        List<FieldValue> sort = sortedBy(hit, compiled.order().size());
        var key =
                new ResourceKey(
                        sort.get(sort.size() - 2).stringValue(), sort.getLast().stringValue());
        return new Hit(
                key,
                Optional.empty(),
                compiled.scores() && hit.score() != null
                        ? OptionalDouble.of(Math.clamp(hit.score(), 0.0, 1.0))
                        : OptionalDouble.empty());
    }

    @Override
    public long count(TenantContext tenant, Query query) {
        return among(
                        tenant.tenant(),
                        position -> {
                            var filter = compile(position, query).filter();
                            return cluster.call(
                                            Operation.COUNT,
                                            client ->
                                                    client.count(
                                                            r ->
                                                                    r.index(position.copy().index())
                                                                            .query(filter)))
                                    .count();
                        })
                .orElse(0L);
    }

    @Override
    public String explain(TenantContext tenant, Query query) {
        return among(
                        tenant.tenant(),
                        position -> {
                            Compiled compiled = compile(position, query);
                            return "Elasticsearch searches the index %s%nquery: %s%nsort: %s"
                                    .formatted(
                                            position.copy().index(),
                                            compiled.query(),
                                            compiled.order());
                        })
                .orElse("Elasticsearch holds nothing of this tenant yet");
    }
}
