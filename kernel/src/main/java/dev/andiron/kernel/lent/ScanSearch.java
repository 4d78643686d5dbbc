package dev.andiron.kernel.lent;

import dev.andiron.fhir.search.CriterionEvaluator;
import dev.andiron.fhir.search.Relevance;
import dev.andiron.fhir.search.SearchFacts;
import dev.andiron.fhir.search.SearchOrder;
import dev.andiron.fhir.search.SortKey;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.tenant.TenantContext;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A search engine over any store that can be scanned: each resource of the types is read and
 * judged, so a search costs what its types hold. Memory is bounded: a page and one resource more,
 * and the references of a reverse chain up to a number beyond which the search is refused. Its
 * default order is the order of keys. Scores are those of {@link Relevance}. Takes everything.
 */
public final class ScanSearch implements SearchEngine {
    /** What it takes. */
    public static final Set<SearchFeature> FEATURES =
            Set.copyOf(EnumSet.allOf(SearchFeature.class));

    private static final int MOST_REFERENCES = 500_000;
    private static final int NO_SCORE = -1;

    private final ResourceStore store;
    private final ValueExtraction extraction;
    private final int mostReferences;

    public ScanSearch(ResourceStore store, ValueExtraction extraction) {
        this(store, extraction, MOST_REFERENCES);
    }

    ScanSearch(ResourceStore store, ValueExtraction extraction, int mostReferences) {
        this.store = store;
        this.extraction = extraction;
        this.mostReferences = mostReferences;
    }

    @Override
    public SearchPage search(TenantContext tenant, Query query) {
        boolean counts = query.total() != Query.Total.NONE;
        if (query.limit() == 0 && !counts) {
            return new SearchPage(List.of(), Optional.empty(), OptionalLong.empty());
        }
        var collector = new Collector(query);
        long matches = walk(tenant, query, candidate -> collector.take(candidate) || counts);
        return collector.page(counts ? OptionalLong.of(matches) : OptionalLong.empty());
    }

    @Override
    public long count(TenantContext tenant, Query query) {
        return walk(tenant, query, candidate -> true);
    }

    @Override
    public String explain(TenantContext tenant, Query query) {
        return directKeys(query).isPresent()
                ? "reads the resources by their ids and judges each in the server"
                : "scans %s and judges each resource in the server"
                        .formatted(query.types().isEmpty() ? "all types" : query.types());
    }

    /** A resource that matches, with what it sorts by. */
    private record Candidate(List<SortKey> sortKeys, StoredResource resource) {}

    /** Keeps the first resources behind the cursor, one more than the page takes. */
    private static final class Collector {
        private final Query query;
        private final SearchOrder sort;
        private final Comparator<Candidate> order;
        private final Optional<ScanCursor> after;
        private final PriorityQueue<Candidate> kept;
        private final int score;

        Collector(Query query) {
            this.query = query;
            sort = new SearchOrder(query.sort(), query.criterion());
            score = indexOfScore(query.sort());
            order =
                    Comparator.comparing(Candidate::sortKeys, sort)
                            .thenComparing(candidate -> candidate.resource().key());
            after = query.after().map(cursor -> ScanCursor.decode(cursor, query.sort().size()));
            kept = new PriorityQueue<>(order.reversed());
        }

        private static int indexOfScore(List<Sort> sorts) {
            for (int i = 0; i < sorts.size(); i++) {
                if (sorts.get(i) instanceof Sort.Score) {
                    return i;
                }
            }
            return NO_SCORE;
        }

        private Hit hit(Candidate candidate) {
            StoredResource resource = candidate.resource();
            OptionalDouble relevance =
                    score != NO_SCORE
                                    && candidate.sortKeys().get(score)
                                            instanceof SortKey.Decimal(BigDecimal number)
                            ? OptionalDouble.of(number.doubleValue())
                            : OptionalDouble.empty();
            return new Hit(resource.key(), Optional.of(resource), relevance);
        }

        /** Whether the walk must go on for the page's sake. */
        boolean take(Judged judged) {
            var candidate = new Candidate(sort.keys(judged.facts()), judged.resource());
            if (query.limit() > 0
                    && after.filter(cursor -> !isBehind(candidate, cursor)).isEmpty()) {
                kept.add(candidate);
                if (kept.size() > query.limit() + 1) {
                    kept.remove();
                }
            }
            return !query.sort().isEmpty() || kept.size() <= query.limit();
        }

        private boolean isBehind(Candidate candidate, ScanCursor cursor) {
            int bySort = sort.compare(candidate.sortKeys(), cursor.sortKeys());
            return bySort > 0
                    || bySort == 0 && candidate.resource().key().compareTo(cursor.key()) > 0;
        }

        SearchPage page(OptionalLong total) {
            var ordered = new ArrayList<Candidate>(kept);
            ordered.sort(order);
            boolean more = ordered.size() > query.limit();
            List<Candidate> shown = more ? ordered.subList(0, query.limit()) : ordered;
            Optional<Cursor> next =
                    more
                            ? Optional.of(
                                    new ScanCursor(
                                                    shown.getLast().sortKeys(),
                                                    shown.getLast().resource().key())
                                            .encode())
                            : Optional.empty();
            return new SearchPage(shown.stream().map(this::hit).toList(), next, total);
        }
    }

    /** A resource that matches, with its facts. */
    private record Judged(SearchFacts facts, StoredResource resource) {}

    /** Gives every match in the order of keys until told to stop; says how many it gave. */
    private long walk(TenantContext tenant, Query query, Predicate<Judged> goOn) {
        var walk = new Walk(tenant, query, goOn);
        Optional<List<ResourceKey>> keys = directKeys(query);
        if (keys.isPresent()) {
            walk.read(keys.get());
        } else if (query.types().isEmpty()) {
            walk.scan(ScanRequest.all());
        } else {
            for (String type : query.types().stream().sorted().toList()) {
                walk.scan(scanOf(type, query));
            }
        }
        return walk.matches;
    }

    /** Without sort keys and total, the pages before need not be walked again. */
    private static ScanRequest scanOf(String type, Query query) {
        ScanRequest request = ScanRequest.ofType(type);
        if (!query.sort().isEmpty() || query.total() != Query.Total.NONE) {
            return request;
        }
        return query.after()
                .map(cursor -> ScanCursor.decode(cursor, 0).key())
                .filter(key -> key.type().equals(type))
                .map(request::after)
                .orElse(request);
    }

    /** The only keys that can match, when the criterion names ids. */
    private static Optional<List<ResourceKey>> directKeys(Query query) {
        if (query.types().isEmpty()) {
            return Optional.empty();
        }
        return ids(query.criterion())
                .map(
                        ids ->
                                query.types().stream()
                                        .flatMap(
                                                type ->
                                                        ids.stream()
                                                                .map(
                                                                        id ->
                                                                                new ResourceKey(
                                                                                        type, id)))
                                        .sorted()
                                        .toList());
    }

    private static Optional<Set<String>> ids(Criterion criterion) {
        return switch (criterion) {
            case Criterion.Id id -> Optional.of(id.ids());
            case Criterion.All all ->
                    all.criteria().stream()
                            .map(ScanSearch::ids)
                            .flatMap(Optional::stream)
                            .findFirst();
            case Criterion.Any any -> Optional.empty();
            case Criterion.Not not -> Optional.empty();
            case Criterion.Type type -> Optional.empty();
            case Criterion.LastUpdated updated -> Optional.empty();
            case Criterion.Value value -> Optional.empty();
            case Criterion.Present present -> Optional.empty();
            case Criterion.Chain chain -> Optional.empty();
            case Criterion.ReverseChain chain -> Optional.empty();
            case Criterion.Contained contained -> Optional.empty();
        };
    }

    /** One walk over candidates. */
    private final class Walk {
        private final TenantContext tenant;
        private final Criterion criterion;
        private final Predicate<Judged> goOn;
        private final CriterionEvaluator evaluator;
        private final Set<SearchFeature> features;
        private final boolean needsValues;
        private long matches;
        private boolean stopped;

        Walk(TenantContext tenant, Query query, Predicate<Judged> goOn) {
            this.tenant = tenant;
            this.criterion = query.criterion();
            this.goOn = goOn;
            this.evaluator =
                    new CriterionEvaluator(
                            new ScanLinks(store, tenant, this::values, mostReferences));
            Set<SearchFeature> used = QueryFeatures.of(query);
            this.features = Set.copyOf(used);
            used.removeAll(EnumSet.of(SearchFeature.TOTAL, SearchFeature.NOT));
            this.needsValues = !used.isEmpty();
        }

        void read(List<ResourceKey> keys) {
            store.readMany(tenant, keys).stream()
                    .filter(resource -> !resource.deleted())
                    .sorted(Comparator.comparing(StoredResource::key))
                    .forEach(this::judge);
        }

        void scan(ScanRequest request) {
            if (stopped) {
                return;
            }
            try (ResourceCursor cursor = store.scan(tenant, request)) {
                while (!stopped) {
                    Optional<StoredResource> next = cursor.next();
                    if (next.isEmpty()) {
                        return;
                    }
                    judge(next.get());
                }
            }
        }

        private List<SearchValue> values(StoredResource resource) {
            return extraction.values(tenant, resource, features);
        }

        private void judge(StoredResource resource) {
            if (stopped) {
                return;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new StorageException.Timeout("the search was interrupted", null);
            }
            var facts =
                    new SearchFacts(
                            resource.key(),
                            resource.lastUpdated(),
                            needsValues ? values(resource) : List.of());
            if (evaluator.matches(criterion, facts)) {
                matches++;
                stopped = !goOn.test(new Judged(facts, resource));
            }
        }
    }
}
