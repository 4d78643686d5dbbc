package dev.andiron.sql;

import dev.andiron.spi.search.SearchValue;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A row of an index table before names have numbers: what a {@link SearchValue} is stored as. */
public sealed interface IndexEntry {

    String parameter();

    Facet facet();

    /** A row of {@code text_index}. */
    record Text(String parameter, Facet facet, String value) implements IndexEntry {}

    /** A row of {@code token_index}. */
    record Token(String parameter, Facet facet, String system, String code, String display)
            implements IndexEntry {}

    /** A row of {@code reference_index}. */
    record Reference(String parameter, Facet facet, String type, String id, String version)
            implements IndexEntry {}

    /**
     * A row of {@code date_index}.
     *
     * @param low in microseconds of the epoch, as {@link Times} has it
     * @param high likewise
     */
    record Date(String parameter, Facet facet, long low, long high) implements IndexEntry {}

    /** A row of {@code number_index}. */
    record Range(
            String parameter,
            Facet facet,
            BigDecimal low,
            BigDecimal high,
            String system,
            String code,
            BigDecimal value)
            implements IndexEntry {}

    /** A row of {@code position_index}, in degrees. */
    record Position(String parameter, Facet facet, double latitude, double longitude)
            implements IndexEntry {}

    /**
     * A row of {@code composite_index} for each key, all with the same content.
     *
     * @param element which of the resource's elements with values of this parameter it is
     * @param keys what the first component's values are looked up by; see {@link #key}
     * @param components for each component the rows that its values would be
     */
    record Composite(
            String parameter,
            Facet facet,
            int element,
            Set<String> keys,
            List<List<IndexEntry>> components)
            implements IndexEntry {
        public Composite {
            keys = Set.copyOf(keys);
            components = components.stream().map(List::copyOf).toList();
        }
    }

    /**
     * A row of {@code full_text_index}.
     *
     * @param words as they follow each other in the text
     * @param distinctWords how many different ones there are; at least 1, so that one can divide by
     *     it
     */
    record FullText(String parameter, Facet facet, List<String> words, int distinctWords)
            implements IndexEntry {
        public FullText {
            words = List.copyOf(words);
        }

        static FullText of(String parameter, String text) {
            List<String> words = Words.of(text);
            return new FullText(
                    parameter, Facet.FULL_TEXT, words, Math.max(1, new HashSet<>(words).size()));
        }
    }

    /** The rows of a resource's search values. */
    static List<IndexEntry> of(List<SearchValue> values) {
        var entries = new ArrayList<IndexEntry>(values.size() + 8);
        for (SearchValue value : values) {
            add(value, entries);
        }
        return entries;
    }

    private static Composite composite(SearchValue.Composite value, int element) {
        var components = value.components().stream().map(IndexEntry::of).toList();
        var keys = new HashSet<String>();
        if (!components.isEmpty()) {
            components.getFirst().forEach(entry -> keys.add(key(entry)));
        }
        if (keys.isEmpty()) {
            // It is there, if only for who asks for no more.
            keys.add("");
        }
        return new Composite(value.parameter(), Facet.COMPOSITE, element, keys, components);
    }

    /** The key of a composite's first component: a code, a target's id, or nothing. */
    private static String key(IndexEntry entry) {
        return switch (entry) {
            case Token token -> token.code();
            case Reference reference -> reference.id();
            case Text _, Date _, Range _, Position _, Composite _, FullText _ -> "";
        };
    }

    private static void add(SearchValue value, List<IndexEntry> entries) {
        String parameter = value.parameter();
        switch (value) {
            case SearchValue.Text text -> {
                entries.add(new Text(parameter, Facet.TEXT, text.normalized()));
                entries.add(new Text(parameter, Facet.TEXT_EXACT, text.exact()));
            }
            case SearchValue.Token token ->
                    entries.add(
                            new Token(
                                    parameter,
                                    Facet.TOKEN,
                                    token.system(),
                                    token.code(),
                                    token.display()));
            case SearchValue.TypedIdentifier identifier ->
                    entries.add(
                            new Text(
                                    parameter,
                                    Facet.TYPED_IDENTIFIER,
                                    typedIdentifier(
                                            identifier.typeSystem(),
                                            identifier.typeCode(),
                                            identifier.value())));
            case SearchValue.LocalReference reference ->
                    entries.add(
                            new Reference(
                                    parameter,
                                    Facet.LOCAL_REFERENCE,
                                    reference.type(),
                                    reference.id(),
                                    reference.version()));
            case SearchValue.ExternalReference reference ->
                    entries.add(new Text(parameter, Facet.EXTERNAL_REFERENCE, reference.uri()));
            case SearchValue.ReferenceIdentifier identifier ->
                    entries.add(
                            new Token(
                                    parameter,
                                    Facet.REFERENCE_IDENTIFIER,
                                    identifier.system(),
                                    identifier.value(),
                                    ""));
            case SearchValue.Date date ->
                    entries.add(
                            new Date(
                                    parameter,
                                    Facet.DATE,
                                    Times.microsDown(date.low()),
                                    Times.microsUp(date.high())));
            case SearchValue.Number number ->
                    entries.add(
                            new Range(
                                    parameter,
                                    Facet.NUMBER,
                                    number.low(),
                                    number.high(),
                                    "",
                                    "",
                                    number.value()));
            case SearchValue.Quantity quantity -> addQuantity(quantity, entries);
            case SearchValue.Uri uri -> entries.add(new Text(parameter, Facet.URI, uri.value()));
            case SearchValue.Position position ->
                    entries.add(
                            new Position(
                                    parameter,
                                    Facet.POSITION,
                                    position.latitude(),
                                    position.longitude()));
            case SearchValue.Composite composite ->
                    entries.add(composite(composite, entries.size()));
            case SearchValue.FullText text -> entries.add(FullText.of(parameter, text.text()));
            case SearchValue.Contained _ -> entries.add(new Text(parameter, Facet.PRESENCE, ""));
        }
    }

    private static void addQuantity(SearchValue.Quantity quantity, List<IndexEntry> entries) {
        entries.add(
                new Range(
                        quantity.parameter(),
                        Facet.QUANTITY,
                        quantity.low(),
                        quantity.high(),
                        quantity.system(),
                        quantity.code(),
                        quantity.value()));
        entries.add(
                new Range(
                        quantity.parameter(),
                        Facet.QUANTITY_CANONICAL,
                        quantity.canonicalLow(),
                        quantity.canonicalHigh(),
                        "",
                        quantity.canonicalCode(),
                        quantity.value()));
    }

    /** One text for three; the lengths keep different parts apart. */
    static String typedIdentifier(String typeSystem, String typeCode, String value) {
        return typeSystem.length() + ":" + typeCode.length() + ":" + typeSystem + typeCode + value;
    }
}
