package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.query_dsl.Query;

import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.search.ValueTest.TextOperator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What values of one element must be: a resource, one that it contains, or part of a composite. */
final class ValueClauses {
    /** How much farther the index looks than the exact distance, which is computed behind it. */
    private static final double WIDER = 1.0001;

    private static final double WIDER_METERS = 10;

    private final String path;

    /**
     * @param path where the element's fields are: empty, or a path with a dot at the end
     */
    ValueClauses(String path) {
        this.path = path;
    }

    private String field(String name) {
        return path + name;
    }

    /**
     * A value passes the test.
     *
     * @param prefix what the keywords of the parameter start with
     * @param parameter the parameter itself
     */
    Query passes(String prefix, String parameter, ValueTest test) {
        return switch (test) {
            case ValueTest.Text(var operator, String text, boolean exact) ->
                    text(field(exact ? Field.EXACT : Field.STRING), prefix, operator, text);
            case ValueTest.Token token -> token(prefix, token);
            case ValueTest.TokenDisplay(var operator, String text) ->
                    text(field(Field.DISPLAY), prefix, operator, text);
            case ValueTest.TokenIn(var tokens) ->
                    Clauses.any(tokens.stream().map(token -> token(prefix, token)).toList());
            case ValueTest.TypedIdentifier typed ->
                    Clauses.term(
                            field(Field.TYPED),
                            Keys.prefix(Keys.prefix(prefix, typed.typeSystem()), typed.typeCode())
                                    + typed.value());
            case ValueTest.LocalReference reference -> reference(prefix, reference);
            case ValueTest.ExternalReference(var operator, String uri) ->
                    text(field(Field.EXTERNAL), prefix, operator, uri);
            case ValueTest.ReferenceIdentifier(var system, var value) ->
                    pair(field(Field.LOGICAL), field(Field.LOGICAL_VALUE), prefix, system, value);
            case ValueTest.Date date ->
                    range(
                            RangeKeys.date(prefix),
                            date.operator(),
                            SortableText.of(date.low()),
                            SortableText.of(date.high()));
            case ValueTest.Number number ->
                    range(
                            RangeKeys.number(prefix),
                            number.operator(),
                            SortableText.of(number.low()),
                            SortableText.of(number.high()));
            case ValueTest.Quantity quantity ->
                    range(
                            quantity.canonical()
                                    ? RangeKeys.canonical(prefix, quantity.code())
                                    : RangeKeys.written(prefix, quantity.system(), quantity.code()),
                            quantity.operator(),
                            SortableText.of(quantity.low()),
                            SortableText.of(quantity.high()));
            case ValueTest.Uri(var operator, String uri) ->
                    text(field(Field.URI), prefix, operator, uri);
            case ValueTest.UriAbove(String uri) ->
                    Clauses.terms(
                            field(Field.URI),
                            above(uri).stream().map(each -> prefix + each).toList());
            case ValueTest.Near near -> near(prefix, near);
            case ValueTest.Composite(var components) -> composite(prefix, parameter, components);
            case ValueTest.Words(var words) -> words(parameter, words);
            case ValueTest.Phrase(var words) -> phrase(parameter, words);
        };
    }

    private static Query text(String field, String prefix, TextOperator operator, String text) {
        return switch (operator) {
            case EQUALS -> Clauses.term(field, prefix + text);
            case STARTS_WITH -> Clauses.prefix(field, prefix + text);
            case CONTAINS -> Clauses.contains(field, prefix, text);
            case ENDS_WITH -> Clauses.endsWith(field, prefix, text);
        };
    }

    private Query token(String prefix, ValueTest.Token token) {
        return pair(field(Field.TOKEN), field(Field.CODE), prefix, token.system(), token.code());
    }

    private static Query pair(
            String pairs,
            String values,
            String prefix,
            Optional<String> system,
            Optional<String> value) {
        if (system.isEmpty()) {
            return value.map(text -> Clauses.term(values, prefix + text))
                    .orElseGet(() -> Clauses.prefix(values, prefix));
        }
        String start = Keys.prefix(prefix, system.get());
        return value.map(text -> Clauses.term(pairs, start + text))
                .orElseGet(() -> Clauses.prefix(pairs, start));
    }

    private Query reference(String prefix, ValueTest.LocalReference reference) {
        String target = reference.type().map(type -> type + "/").orElse("") + reference.id();
        if (reference.version().isEmpty() && reference.type().isPresent()) {
            return Clauses.term(field(Field.REFERENCE), prefix + target);
        }
        String version = reference.version().map(number -> "|" + number).orElse("");
        return Clauses.term(field(Field.REFERENCE_FORM), prefix + target + version);
    }

    /** The URI and what is above it on its path. */
    private static List<String> above(String uri) {
        var above = new ArrayList<String>();
        for (int slash = uri.indexOf('/'); slash >= 0; slash = uri.indexOf('/', slash + 1)) {
            above.add(uri.substring(0, slash));
            above.add(uri.substring(0, slash + 1));
        }
        above.add(uri);
        return above;
    }

    // Ranges

    private Query range(String key, ValueTest.RangeOperator operator, String low, String high) {
        return new RangeClauses(path, key, low, high).hold(operator);
    }

    // Elements within

    private Query near(String prefix, ValueTest.Near near) {
        String place = field(Field.PLACE);
        Query roughly =
                Query.of(
                        q ->
                                q.geoDistance(
                                        g ->
                                                g.field(place + "." + Field.AT)
                                                        .distance(
                                                                near.meters() * WIDER
                                                                        + WIDER_METERS
                                                                        + "m")
                                                        .location(
                                                                at ->
                                                                        at.latlon(
                                                                                l ->
                                                                                        l.lat(
                                                                                                        near
                                                                                                                .latitude())
                                                                                                .lon(
                                                                                                        near
                                                                                                                .longitude())))));
        Query exactly =
                Query.of(
                        q ->
                                q.script(
                                        s ->
                                                s.script(
                                                        GreatCircle.within(
                                                                place,
                                                                near.latitude(),
                                                                near.longitude(),
                                                                near.meters()))));
        return Clauses.nested(
                place,
                Clauses.all(
                        List.of(Clauses.term(place + "." + Field.OF, prefix), roughly, exactly)));
    }

    private Query composite(String prefix, String parameter, List<ValueTest> components) {
        String composite = field(Field.COMPOSITE);
        var inside = new ValueClauses(composite + ".");
        var all = new ArrayList<Query>();
        all.add(
                Clauses.term(
                        composite + "." + Field.OF,
                        Element.compositeOf(prefix, components.size())));
        for (int i = 0; i < components.size(); i++) {
            all.add(inside.passes(Element.component(prefix, i), parameter, components.get(i)));
        }
        return Clauses.nested(composite, Clauses.all(all));
    }

    // Texts

    private Query words(String parameter, List<String> words) {
        if (!Words.areWords(words)) {
            return Clauses.never();
        }
        String field = field(Element.textField(parameter));
        var all = new ArrayList<Query>();
        all.add(Clauses.term(field(Field.HAS), parameter));
        words.forEach(word -> all.add(Clauses.term(field, Words.token(word))));
        return Clauses.all(all);
    }

    private Query phrase(String parameter, List<String> words) {
        if (!Words.areWords(words)) {
            return Clauses.never();
        }
        return words.isEmpty()
                ? Clauses.term(field(Field.HAS), parameter)
                : phrase(field(Element.textField(parameter)), words, 1);
    }

    /** A phrase, which scores if it is asked to. */
    static Query phrase(String field, List<String> words, double weight) {
        String text = String.join(" ", words.stream().map(Words::token).toList());
        return Query.of(q -> q.matchPhrase(m -> m.field(field).query(text).boost((float) weight)));
    }

    /** A word, which scores if it is asked to. */
    static Query word(String field, String word, double weight) {
        return Query.of(
                q -> q.term(t -> t.field(field).value(Words.token(word)).boost((float) weight)));
    }
}
