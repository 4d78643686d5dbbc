package dev.andiron.elasticsearch;

import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort.ValueKind;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** By what a resource sorts: the smallest value of each parameter, and the largest. */
final class SortKeys {
    /** What lies behind does not sort. */
    private static final int LONGEST = 2_000;

    private final Map<String, String> smallest = new TreeMap<>();
    private final Map<String, String> largest = new TreeMap<>();

    /** The names within the fields of sort keys are made of kinds and parameters. */
    static String name(ValueKind kind, String parameter) {
        return kind.name().toLowerCase(Locale.ROOT) + "." + parameter;
    }

    static SortKeys of(List<SearchValue> values) {
        var keys = new SortKeys();
        values.forEach(keys::add);
        return keys;
    }

    /** By parameter, what it sorts by ascending. */
    Map<String, String> smallest() {
        return smallest;
    }

    /** By parameter, what it sorts by descending. */
    Map<String, String> largest() {
        return largest;
    }

    private void add(SearchValue value) {
        switch (value) {
            case SearchValue.Text text -> add(text, ValueKind.TEXT, text.normalized());
            case SearchValue.Token token ->
                    add(token, ValueKind.TOKEN, token.code() + '\u0001' + token.system());
            case SearchValue.LocalReference local ->
                    add(local, ValueKind.REFERENCE, local.type() + "/" + local.id());
            case SearchValue.ExternalReference external ->
                    add(external, ValueKind.REFERENCE, external.uri());
            case SearchValue.Date date ->
                    add(
                            date,
                            ValueKind.DATE,
                            SortableText.of(date.low()),
                            SortableText.of(date.high()));
            case SearchValue.Number number ->
                    add(number, ValueKind.NUMBER, SortableText.of(number.value()));
            case SearchValue.Quantity quantity ->
                    add(quantity, ValueKind.QUANTITY, SortableText.of(quantity.canonicalLow()));
            case SearchValue.Uri uri -> add(uri, ValueKind.URI, uri.value());
            case SearchValue.TypedIdentifier _,
                    SearchValue.ReferenceIdentifier _,
                    SearchValue.Position _,
                    SearchValue.Composite _,
                    SearchValue.FullText _,
                    SearchValue.Contained _ -> {
                // Nothing sorts by these as text.
            }
        }
    }

    private void add(SearchValue value, ValueKind kind, String key) {
        add(value, kind, key, key);
    }

    private void add(SearchValue value, ValueKind kind, String low, String high) {
        String name = name(kind, value.parameter());
        smallest.merge(name, cut(low), (a, b) -> CodePoints.compare(a, b) <= 0 ? a : b);
        largest.merge(name, cut(high), (a, b) -> CodePoints.compare(a, b) >= 0 ? a : b);
    }

    private static String cut(String text) {
        if (text.length() <= LONGEST) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
        return text.substring(0, end);
    }
}
