package dev.andiron.kernel.lent;

import dev.andiron.spi.Capabilities;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.ValueTest;

import java.util.EnumSet;
import java.util.Set;

/** Which parts of the query form a query uses, beyond those that belong to every engine. */
public final class QueryFeatures {
    private final Set<SearchFeature> used = EnumSet.noneOf(SearchFeature.class);

    private QueryFeatures() {}

    /** The features of a query. */
    public static Set<SearchFeature> of(Query query) {
        var features = new QueryFeatures();
        features.add(query.criterion());
        for (Sort sort : query.sort()) {
            features.add(sort);
        }
        if (query.total() != Query.Total.NONE) {
            features.used.add(SearchFeature.TOTAL);
        }
        return features.used;
    }

    /** What the kernel searches by reading, because a backend that stores does not. */
    public static Set<SearchFeature> lentFor(Capabilities capabilities) {
        var lent = EnumSet.noneOf(SearchFeature.class);
        if (capabilities.store()) {
            lent.addAll(ScanSearch.FEATURES);
            lent.removeAll(capabilities.search());
            // Who does not sort by several parameters together is asked to sort by one.
            lent.remove(SearchFeature.SORT_UNION);
        }
        return lent;
    }

    private void add(Criterion criterion) {
        switch (criterion) {
            case Criterion.All all -> all.criteria().forEach(this::add);
            case Criterion.Any any -> any.criteria().forEach(this::add);
            case Criterion.Not not -> {
                used.add(SearchFeature.NOT);
                add(not.criterion());
            }
            case Criterion.Id id -> {}
            case Criterion.Type type -> {}
            case Criterion.LastUpdated updated -> {}
            case Criterion.Value value -> add(value.test());
            case Criterion.Present present -> used.add(SearchFeature.PRESENT);
            case Criterion.Chain chain -> {
                used.add(SearchFeature.CHAIN);
                add(chain.target());
            }
            case Criterion.ReverseChain chain -> {
                used.add(SearchFeature.REVERSE_CHAIN);
                add(chain.source());
            }
            case Criterion.Contained contained -> {
                used.add(SearchFeature.CONTAINED);
                add(contained.criterion());
            }
        }
    }

    private void add(ValueTest test) {
        used.add(
                switch (test) {
                    case ValueTest.Text text -> SearchFeature.TEXT;
                    case ValueTest.Token token -> SearchFeature.TOKEN;
                    case ValueTest.TokenIn tokens -> SearchFeature.TOKEN;
                    case ValueTest.TokenDisplay display -> SearchFeature.TOKEN_DISPLAY;
                    case ValueTest.TypedIdentifier typed -> SearchFeature.TYPED_IDENTIFIER;
                    case ValueTest.LocalReference local -> SearchFeature.REFERENCE;
                    case ValueTest.ExternalReference external -> SearchFeature.REFERENCE;
                    case ValueTest.ReferenceIdentifier identifier ->
                            SearchFeature.REFERENCE_IDENTIFIER;
                    case ValueTest.Date date -> SearchFeature.DATE;
                    case ValueTest.Number number -> SearchFeature.NUMBER;
                    case ValueTest.Quantity quantity -> SearchFeature.QUANTITY;
                    case ValueTest.Uri uri -> SearchFeature.URI;
                    case ValueTest.UriAbove above -> SearchFeature.URI_ABOVE;
                    case ValueTest.Near near -> SearchFeature.NEAR;
                    case ValueTest.Composite composite -> {
                        composite.components().forEach(this::add);
                        yield SearchFeature.COMPOSITE;
                    }
                    case ValueTest.Words words -> SearchFeature.FULL_TEXT;
                    case ValueTest.Phrase phrase -> SearchFeature.FULL_TEXT;
                });
    }

    private void add(Sort sort) {
        switch (sort) {
            case Sort.Parameter parameter -> used.add(SearchFeature.SORT);
            case Sort.Union union ->
                    used.addAll(Set.of(SearchFeature.SORT, SearchFeature.SORT_UNION));
            case Sort.Score score -> used.add(SearchFeature.SCORE);
            case Sort.Distance distance -> used.add(SearchFeature.NEAR);
            case Sort.LastUpdated updated -> {}
            case Sort.Id id -> {}
        }
    }
}
