package dev.andiron.sql;

import dev.andiron.spi.search.SearchValue;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

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

    /** The rows of a resource's search values. */
    static List<IndexEntry> of(List<SearchValue> values) {
        var entries = new ArrayList<IndexEntry>(values.size() + 8);
        for (SearchValue value : values) {
            add(value, entries);
        }
        return entries;
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
            case SearchValue.Position _,
                    SearchValue.Composite _,
                    SearchValue.FullText _,
                    SearchValue.Contained _ ->
                    entries.add(new Text(parameter, Facet.PRESENCE, ""));
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
