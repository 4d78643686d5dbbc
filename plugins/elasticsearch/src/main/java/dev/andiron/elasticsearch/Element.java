package dev.andiron.elasticsearch;

import com.fasterxml.jackson.core.JsonGenerator;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.SearchValue;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of what values are found in together: a resource, one that it contains, or an element
 * of a composite. Collects values, then writes the fields.
 */
final class Element {
    /** Lucene's bound of a term, in bytes. */
    private static final int LONGEST_KEYWORD = 32_766;

    private final Map<String, Set<String>> keywords = new LinkedHashMap<>();
    private final Map<String, List<Range>> ranges = new LinkedHashMap<>();
    private final List<Place> places = new ArrayList<>();
    private final List<Nested> composites = new ArrayList<>();
    private final Map<String, List<String>> texts = new LinkedHashMap<>();

    private record Range(String low, String high) {}

    private record Place(String of, SearchValue.Position position) {}

    private record Nested(String of, Element element) {}

    /** Takes a value; of a contained resource only that there is one. */
    void add(SearchValue value) {
        keyword(Field.HAS, value.parameter(), value.parameter());
        if (!(value instanceof SearchValue.Contained)) {
            add(Keys.prefix(value.parameter()), value);
        }
    }

    /**
     * Takes a value.
     *
     * @param prefix what its keywords start with
     */
    private void add(String prefix, SearchValue value) {
        String parameter = value.parameter();
        switch (value) {
            case SearchValue.Text text -> {
                keyword(Field.STRING, prefix + text.normalized(), parameter);
                keyword(Field.EXACT, prefix + text.exact(), parameter);
            }
            case SearchValue.Token token -> {
                keyword(Field.TOKEN, Keys.prefix(prefix, token.system()) + token.code(), parameter);
                keyword(Field.CODE, prefix + token.code(), parameter);
                if (!token.display().isEmpty()) {
                    keyword(Field.DISPLAY, prefix + token.display(), parameter);
                }
            }
            case SearchValue.TypedIdentifier typed ->
                    keyword(
                            Field.TYPED,
                            Keys.prefix(Keys.prefix(prefix, typed.typeSystem()), typed.typeCode())
                                    + typed.value(),
                            parameter);
            case SearchValue.LocalReference reference -> reference(prefix, reference);
            case SearchValue.ExternalReference reference ->
                    keyword(Field.EXTERNAL, prefix + reference.uri(), parameter);
            case SearchValue.ReferenceIdentifier identifier -> {
                keyword(
                        Field.LOGICAL,
                        Keys.prefix(prefix, identifier.system()) + identifier.value(),
                        parameter);
                keyword(Field.LOGICAL_VALUE, prefix + identifier.value(), parameter);
            }
            case SearchValue.Date date ->
                    range(
                            RangeKeys.date(prefix),
                            SortableText.of(date.low()),
                            SortableText.of(date.high()),
                            parameter);
            case SearchValue.Number number ->
                    numbers(RangeKeys.number(prefix), number.low(), number.high(), parameter);
            case SearchValue.Quantity quantity -> quantity(prefix, quantity);
            case SearchValue.Uri uri -> keyword(Field.URI, prefix + uri.value(), parameter);
            case SearchValue.Position position -> places.add(new Place(prefix, position));
            case SearchValue.Composite composite -> composites.add(composite(prefix, composite));
            case SearchValue.FullText text ->
                    texts.computeIfAbsent(textField(text.parameter()), name -> new ArrayList<>())
                            .add(Words.indexed(text.text()));
            case SearchValue.Contained contained ->
                    throw new IllegalArgumentException(contained.parameter() + " is no value");
        }
    }

    /** The field of a text that {@code _text} or {@code _content} looks into. */
    static String textField(String parameter) {
        return switch (parameter) {
            case "_text" -> Field.TEXT;
            case "_content" -> Field.CONTENT;
            default ->
                    throw new StorageException.NotSupported("there is no full text " + parameter);
        };
    }

    private void reference(String prefix, SearchValue.LocalReference reference) {
        String parameter = reference.parameter();
        String key = reference.type() + "/" + reference.id();
        keyword(Field.REFERENCE, prefix + key, parameter);
        keyword(Field.REFERENCE_FORM, prefix + reference.id(), parameter);
        if (!reference.version().isEmpty()) {
            keyword(Field.REFERENCE_FORM, prefix + key + "|" + reference.version(), parameter);
            keyword(
                    Field.REFERENCE_FORM,
                    prefix + reference.id() + "|" + reference.version(),
                    parameter);
        }
    }

    private void quantity(String prefix, SearchValue.Quantity quantity) {
        for (String key : RangeKeys.written(prefix, quantity.system(), quantity.code())) {
            numbers(key, quantity.low(), quantity.high(), quantity.parameter());
        }
        for (String key : RangeKeys.canonical(prefix, quantity.canonicalCode())) {
            numbers(key, quantity.canonicalLow(), quantity.canonicalHigh(), quantity.parameter());
        }
    }

    private void numbers(String key, BigDecimal low, BigDecimal high, String parameter) {
        String from = SortableText.of(low);
        String to = SortableText.of(high);
        if (from.equals(to)) {
            keyword(Field.POINT, key + from, parameter);
        } else {
            range(key, from, to, parameter);
        }
    }

    private void range(String key, String low, String high, String parameter) {
        keyword(Field.LOW, key + low, parameter);
        keyword(Field.HIGH, key + high, parameter);
        ranges.computeIfAbsent(key, name -> new ArrayList<>())
                .add(new Range(key + low, key + high));
    }

    private static Nested composite(String prefix, SearchValue.Composite composite) {
        var element = new Element();
        for (int i = 0; i < composite.components().size(); i++) {
            for (SearchValue component : composite.components().get(i)) {
                element.add(component(prefix, i), component);
            }
        }
        return new Nested(compositeOf(prefix, composite.components().size()), element);
    }

    /** What says of which composite parameter an element is, and of how many components. */
    static String compositeOf(String prefix, int components) {
        return prefix + components;
    }

    /** What the keywords of one component start with. */
    static String component(String prefix, int index) {
        return Keys.prefix(prefix, String.valueOf(index));
    }

    private void keyword(String field, String keyword, String parameter) {
        if (keyword.length() > LONGEST_KEYWORD / 3
                && keyword.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEYWORD) {
            throw new StorageException.TooLarge(
                    "a value of '%s' is longer than %d bytes"
                            .formatted(parameter, LONGEST_KEYWORD - 1_000));
        }
        keywords.computeIfAbsent(field, name -> new LinkedHashSet<>()).add(keyword);
    }

    /** Writes the fields into an object that has begun. */
    void write(JsonGenerator json) throws IOException {
        for (var field : keywords.entrySet()) {
            array(json, field.getKey(), field.getValue());
        }
        for (var text : texts.entrySet()) {
            array(json, text.getKey(), text.getValue());
        }
        writeRanges(json);
        writePlaces(json);
        if (!composites.isEmpty()) {
            json.writeArrayFieldStart(Field.COMPOSITE);
            for (Nested composite : composites) {
                json.writeStartObject();
                json.writeStringField(Field.OF, composite.of());
                composite.element().write(json);
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }

    private static void array(JsonGenerator json, String name, Iterable<String> texts)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    private void writeRanges(JsonGenerator json) throws IOException {
        List<String> many =
                ranges.entrySet().stream()
                        .filter(entry -> entry.getValue().size() > 1)
                        .map(Map.Entry::getKey)
                        .toList();
        if (many.isEmpty()) {
            return;
        }
        array(json, Field.MANY, many);
        json.writeArrayFieldStart(Field.RANGE);
        for (String key : many) {
            for (Range range : ranges.get(key)) {
                json.writeStartObject();
                json.writeStringField(Field.OF, key);
                json.writeStringField(Field.LOW, range.low());
                json.writeStringField(Field.HIGH, range.high());
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    private void writePlaces(JsonGenerator json) throws IOException {
        if (places.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart(Field.PLACE);
        for (Place place : places) {
            json.writeStartObject();
            json.writeStringField(Field.OF, place.of());
            json.writeObjectFieldStart(Field.AT);
            json.writeNumberField("lat", place.position().latitude());
            json.writeNumberField("lon", place.position().longitude());
            json.writeEndObject();
            json.writeNumberField(Field.LATITUDE, place.position().latitude());
            json.writeNumberField(Field.LONGITUDE, place.position().longitude());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
