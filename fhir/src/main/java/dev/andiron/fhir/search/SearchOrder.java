package dev.andiron.fhir.search;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.Sort.ValueKind;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The order that a list of sorts asks for: computes the keys of a resource and compares keys.
 * Resources that are equal in all keys compare as equal; whoever sorts breaks the tie.
 */
public final class SearchOrder implements Comparator<List<SortKey>> {
    private static final SortKey.Missing MISSING = new SortKey.Missing();

    private final List<Sort> sorts;
    private final Criterion criterion;

    /**
     * An order.
     *
     * @param criterion what {@link Sort.Score} says how well resources match
     */
    public SearchOrder(List<Sort> sorts, Criterion criterion) {
        this.sorts = List.copyOf(sorts);
        this.criterion = criterion;
    }

    /** The keys of a resource, one for each sort. */
    public List<SortKey> keys(SearchFacts resource) {
        var keys = new ArrayList<SortKey>(sorts.size());
        for (Sort sort : sorts) {
            keys.add(key(sort, resource));
        }
        return keys;
    }

    @Override
    public int compare(List<SortKey> left, List<SortKey> right) {
        for (int i = 0; i < sorts.size(); i++) {
            int order = compare(left.get(i), right.get(i), sorts.get(i).descending());
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private SortKey key(Sort sort, SearchFacts resource) {
        return switch (sort) {
            case Sort.Id id -> new SortKey.Text(resource.key().id());
            case Sort.LastUpdated updated -> new SortKey.Time(resource.lastUpdated());
            case Sort.Parameter(String parameter, ValueKind kind, boolean descending) ->
                    key(List.of(parameter), kind, descending, resource);
            case Sort.Union(_, List<String> parameters, ValueKind kind, boolean descending) ->
                    key(parameters, kind, descending, resource);
            case Sort.Distance distance -> key(distance, resource);
            case Sort.Score score ->
                    new SortKey.Decimal(BigDecimal.valueOf(Relevance.of(criterion, resource)));
        };
    }

    private static SortKey key(
            List<String> parameters, ValueKind kind, boolean descending, SearchFacts resource) {
        SortKey best = MISSING;
        for (SearchValue value : resource.values()) {
            if (parameters.contains(value.parameter())) {
                SortKey key = key(kind, descending, value);
                if (compare(key, best, descending) < 0) {
                    best = key;
                }
            }
        }
        return best;
    }

    private static SortKey key(Sort.Distance sort, SearchFacts resource) {
        SortKey best = MISSING;
        for (SearchValue value : resource.values()) {
            if (value instanceof SearchValue.Position position
                    && position.parameter().equals(sort.parameter())) {
                double meters = Distance.meters(sort.latitude(), sort.longitude(), position);
                SortKey key = new SortKey.Decimal(BigDecimal.valueOf(meters));
                if (compare(key, best, sort.descending()) < 0) {
                    best = key;
                }
            }
        }
        return best;
    }

    private static SortKey key(ValueKind kind, boolean descending, SearchValue value) {
        return switch (kind) {
            case TEXT ->
                    value instanceof SearchValue.Text text
                            ? new SortKey.Text(text.normalized())
                            : MISSING;
            case TOKEN ->
                    value instanceof SearchValue.Token token
                            ? new SortKey.Text(token.code() + '\0' + token.system())
                            : MISSING;
            case REFERENCE ->
                    switch (value) {
                        case SearchValue.LocalReference local ->
                                new SortKey.Text(local.type() + "/" + local.id());
                        case SearchValue.ExternalReference external ->
                                new SortKey.Text(external.uri());
                        default -> MISSING;
                    };
            case DATE ->
                    value instanceof SearchValue.Date date
                            ? new SortKey.Time(descending ? date.high() : date.low())
                            : MISSING;
            case NUMBER ->
                    value instanceof SearchValue.Number number
                            ? new SortKey.Decimal(number.value())
                            : MISSING;
            case QUANTITY ->
                    value instanceof SearchValue.Quantity quantity
                            ? new SortKey.Decimal(quantity.canonicalLow())
                            : MISSING;
            case URI ->
                    value instanceof SearchValue.Uri uri ? new SortKey.Text(uri.value()) : MISSING;
        };
    }

    private static int compare(SortKey left, SortKey right, boolean descending) {
        if (left instanceof SortKey.Missing || right instanceof SortKey.Missing) {
            return Boolean.compare(
                    left instanceof SortKey.Missing, right instanceof SortKey.Missing);
        }
        int order =
                switch (left) {
                    case SortKey.Text text -> codePoints(text.text(), text(right));
                    case SortKey.Time time ->
                            time.instant().compareTo(((SortKey.Time) right).instant());
                    case SortKey.Decimal decimal ->
                            decimal.number().compareTo(((SortKey.Decimal) right).number());
                    case SortKey.Missing missing -> 0;
                };
        return descending ? -order : order;
    }

    private static String text(SortKey key) {
        return ((SortKey.Text) key).text();
    }

    /** Unlike String's own order, this is the order of the UTF-8 bytes, which databases use. */
    private static int codePoints(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char l = left.charAt(i);
            char r = right.charAt(i);
            if (l != r) {
                boolean leftBeyond = Character.isSurrogate(l);
                boolean rightBeyond = Character.isSurrogate(r);
                return leftBeyond == rightBeyond
                        ? Character.compare(l, r)
                        : Boolean.compare(leftBeyond, rightBeyond);
            }
        }
        return Integer.compare(left.length(), right.length());
    }
}
