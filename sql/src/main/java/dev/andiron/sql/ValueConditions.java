package dev.andiron.sql;

import dev.andiron.spi.search.ValueTest;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a {@link ValueTest} asks of a row of the index table that its {@link Facet} lives in. */
final class ValueConditions {
    private static final int LAST_CODE_POINT = 0x10FFFF;

    /** To look for each of more codes takes longer than to look at all tokens of a resource. */
    private static final int FEW_CODES = 8;

    private final Dialect dialect;
    private final Catalog catalog;

    ValueConditions(Dialect dialect, Catalog catalog) {
        this.dialect = dialect;
        this.catalog = catalog;
    }

    /** The facet whose rows are tested. */
    static Facet facet(ValueTest test) {
        return switch (test) {
            case ValueTest.Text text -> text.exact() ? Facet.TEXT_EXACT : Facet.TEXT;
            case ValueTest.Token _, ValueTest.TokenIn _, ValueTest.TokenDisplay _ -> Facet.TOKEN;
            case ValueTest.TypedIdentifier _ -> Facet.TYPED_IDENTIFIER;
            case ValueTest.LocalReference _ -> Facet.LOCAL_REFERENCE;
            case ValueTest.ExternalReference _ -> Facet.EXTERNAL_REFERENCE;
            case ValueTest.ReferenceIdentifier _ -> Facet.REFERENCE_IDENTIFIER;
            case ValueTest.Date _ -> Facet.DATE;
            case ValueTest.Number _ -> Facet.NUMBER;
            case ValueTest.Quantity quantity ->
                    quantity.canonical() ? Facet.QUANTITY_CANONICAL : Facet.QUANTITY;
            case ValueTest.Uri _, ValueTest.UriAbove _ -> Facet.URI;
            case ValueTest.Near _ -> Facet.POSITION;
            case ValueTest.Composite _ -> Facet.COMPOSITE;
            case ValueTest.Words _, ValueTest.Phrase _ -> Facet.FULL_TEXT;
        };
    }

    /**
     * Whether all rows that pass have one and the same key in front of the resource, so that an
     * index gives them in the order of resources.
     */
    boolean singleKey(ValueTest test) {
        return switch (test) {
            case ValueTest.Text text -> text.operator() == ValueTest.TextOperator.EQUALS;
            case ValueTest.Token token -> token.code().isPresent();
            case ValueTest.ReferenceIdentifier identifier -> identifier.value().isPresent();
            case ValueTest.ExternalReference reference ->
                    reference.operator() == ValueTest.TextOperator.EQUALS;
            case ValueTest.Uri uri -> uri.operator() == ValueTest.TextOperator.EQUALS;
            case ValueTest.TypedIdentifier _ -> true;
            case ValueTest.LocalReference reference ->
                    reference.type().isPresent() || !dialect.refersByNumber();
            case ValueTest.Composite composite -> key(composite).isPresent();
            case ValueTest.TokenDisplay _,
                    ValueTest.TokenIn _,
                    ValueTest.Date _,
                    ValueTest.Number _,
                    ValueTest.Quantity _,
                    ValueTest.UriAbove _,
                    ValueTest.Near _,
                    ValueTest.Words _,
                    ValueTest.Phrase _ ->
                    false;
        };
    }

    /**
     * The codes of the tokens that pass any of the tests, if they are few and known; otherwise
     * none.
     */
    static Set<String> codes(List<ValueTest> alternatives) {
        var codes = new HashSet<String>();
        for (ValueTest test : alternatives) {
            var more =
                    switch (test) {
                        case ValueTest.Token token -> Optional.of(List.of(token.code()));
                        case ValueTest.TokenIn in ->
                                Optional.of(
                                        in.tokens().stream().map(ValueTest.Token::code).toList());
                        case ValueTest.ReferenceIdentifier identifier ->
                                Optional.of(List.of(identifier.value()));
                        default -> Optional.<List<Optional<String>>>empty();
                    };
            if (more.isEmpty() || !more.get().stream().allMatch(Optional::isPresent)) {
                return Set.of();
            }
            more.get().forEach(code -> codes.add(code.orElseThrow()));
        }
        return codes.size() > FEW_CODES ? Set.of() : codes;
    }

    /**
     * The same test as several, any of which may pass, where an index serves them better one by
     * one.
     */
    static List<ValueTest> alternatives(ValueTest test) {
        return switch (test) {
            case ValueTest.TokenIn in -> List.copyOf(in.tokens());
            default -> List.of(test);
        };
    }

    /**
     * The condition on the columns of the row that the alias names.
     *
     * @param parameters the row's parameter is one of these; the statement asks for that apart
     */
    Sql condition(ValueTest test, String row, List<Long> parameters) {
        return switch (test) {
            case ValueTest.Text text -> text(text.operator(), text.text(), row + ".value");
            case ValueTest.Token token -> token(token.system(), token.code(), row);
            case ValueTest.TokenIn in -> tokens(in.tokens(), row);
            case ValueTest.TokenDisplay display ->
                    Sql.of(row + ".display <> 0 AND " + row + ".display IN (SELECT n.id FROM ")
                            .add("names n WHERE ")
                            .add(text(display.operator(), display.text(), "n.value"))
                            .add(")");
            case ValueTest.TypedIdentifier identifier ->
                    new Sql()
                            .repeated(
                                    dialect.equalText(row + ".value"),
                                    IndexEntry.typedIdentifier(
                                            identifier.typeSystem(),
                                            identifier.typeCode(),
                                            identifier.value()));
            case ValueTest.LocalReference reference ->
                    dialect.refersByNumber() ? byNumber(reference, row) : byId(reference, row);
            case ValueTest.ExternalReference reference ->
                    text(reference.operator(), reference.uri(), row + ".value");
            case ValueTest.ReferenceIdentifier identifier ->
                    token(identifier.system(), identifier.value(), row);
            case ValueTest.Date date ->
                    Ranges.condition(
                            dialect,
                            date.operator(),
                            dialect.time(Times.microsDown(date.low())),
                            dialect.time(Times.microsUp(date.high())),
                            row);
            case ValueTest.Number number ->
                    decimal(number.operator(), number.low(), number.high(), row);
            case ValueTest.Quantity quantity -> quantity(quantity, row);
            case ValueTest.Uri _, ValueTest.UriAbove _ ->
                    dialect.numbersUris() ? uriByNumber(test, row) : uri(test, row + ".value");
            case ValueTest.Near near -> near(near, row);
            case ValueTest.Composite composite -> composite(composite, row);
            case ValueTest.Words words -> words(words.words(), false, row, parameters);
            case ValueTest.Phrase phrase -> words(phrase.words(), true, row, parameters);
        };
    }

    private Sql near(ValueTest.Near near, String row) {
        var box = GreatCircle.box(near.latitude(), near.longitude(), near.meters());
        var longitudes =
                box.longitudes().stream().map(range -> between(row + ".longitude", range)).toList();
        return Sql.all(
                List.of(
                        between(row + ".latitude", box.latitudes()),
                        Sql.any(longitudes),
                        meters(near.latitude(), near.longitude(), row)
                                .add(" <= ")
                                .bind(near.meters())));
    }

    private static Sql between(String column, GreatCircle.Range range) {
        return Sql.of(column + " BETWEEN ").bind(range.low()).add(" AND ").bind(range.high());
    }

    /** The distance from a row of {@code position_index}. */
    Sql meters(double latitude, double longitude, String row) {
        return new Sql().expression(dialect.meters(row), latitude, longitude);
    }

    private Sql composite(ValueTest.Composite composite, String row) {
        var conditions = new ArrayList<Sql>();
        key(composite).ifPresent(key -> conditions.add(Sql.of(row + ".key = ").bind(key)));
        for (int i = 0; i < composite.components().size(); i++) {
            ValueTest test = composite.components().get(i);
            String component = row + "c" + i;
            String rows = dialect.components(row + ".content", i, facet(test));
            conditions.add(
                    Sql.of("EXISTS (SELECT 1 FROM " + rows + " " + component + " WHERE ")
                            .add(componentCondition(test, component))
                            .add(")"));
        }
        return Sql.all(conditions);
    }

    /** What a composite holds is never the number of a resource or of a URI. */
    private Sql componentCondition(ValueTest test, String row) {
        return switch (test) {
            case ValueTest.LocalReference reference -> byId(reference, row);
            case ValueTest.Uri _, ValueTest.UriAbove _ -> uri(test, row + ".value");
            default -> condition(test, row, List.of());
        };
    }

    /** The key that the rows of elements have whose first component can pass. */
    private static Optional<String> key(ValueTest.Composite composite) {
        return composite.components().isEmpty()
                ? Optional.empty()
                : switch (composite.components().getFirst()) {
                    case ValueTest.Token token -> token.code();
                    case ValueTest.LocalReference reference -> Optional.of(reference.id());
                    default -> Optional.empty();
                };
    }

    private Sql words(List<String> words, boolean phrase, String row, List<Long> parameters) {
        if (words.isEmpty()) {
            return Sql.all(List.of());
        }
        if (!words.stream().allMatch(Words::isOne)) {
            return Sql.any(List.of());
        }
        return dialect.fullText(row, parameters, words, phrase);
    }

    private Sql text(ValueTest.TextOperator operator, String text, String column) {
        return switch (operator) {
            case EQUALS -> new Sql().repeated(dialect.equalText(column), text);
            case CONTAINS -> new Sql().expression(dialect.contains(column), text);
            case ENDS_WITH -> {
                int length = text.codePointCount(0, text.length());
                yield Sql.of("(length(" + column + ") >= " + length + " AND substr(" + column)
                        .add(", length(" + column + ") - " + (length - 1) + ") = ")
                        .bind(text)
                        .add(")");
            }
            case STARTS_WITH -> {
                var sql = Sql.of("(").repeated(dialect.textFrom(column), text);
                successor(text)
                        .ifPresent(
                                end -> sql.add(" AND ").repeated(dialect.textBelow(column), end));
                yield sql.add(")");
            }
        };
    }

    /** The least text behind all those that start with this one, in the order of code points. */
    static Optional<String> successor(String prefix) {
        int end = prefix.length();
        while (end > 0) {
            int last = prefix.codePointBefore(end);
            end -= Character.charCount(last);
            if (last < LAST_CODE_POINT) {
                int next = last + 1;
                if (next == Character.MIN_SURROGATE) {
                    next = Character.MAX_SURROGATE + 1;
                }
                return Optional.of(prefix.substring(0, end) + Character.toString(next));
            }
        }
        return Optional.empty();
    }

    private Sql token(Optional<String> system, Optional<String> code, String row) {
        var conditions = new ArrayList<Sql>(2);
        code.ifPresent(text -> conditions.add(Sql.of(row + ".code = ").bind(text)));
        system.ifPresent(name -> conditions.add(named(row + ".system", name)));
        return Sql.all(conditions);
    }

    /** Lists by system: databases bound how many conditions one expression may join. */
    private Sql tokens(List<ValueTest.Token> tokens, String row) {
        var codes = new LinkedHashMap<Optional<String>, List<String>>();
        var conditions = new ArrayList<Sql>();
        for (ValueTest.Token token : tokens) {
            if (token.code().isPresent()) {
                codes.computeIfAbsent(token.system(), _ -> new ArrayList<>())
                        .add(token.code().get());
            } else {
                conditions.add(token(token.system(), token.code(), row));
            }
        }
        codes.forEach(
                (system, listed) ->
                        conditions.add(
                                Sql.all(
                                        List.of(
                                                token(system, Optional.empty(), row),
                                                new Sql().among(row + ".code", listed)))));
        return Sql.any(conditions);
    }

    private Sql named(String column, String name) {
        var number = catalog.name(name);
        return number.isPresent()
                ? Sql.of(column + " = ").bind(number.getAsLong())
                : Sql.any(List.of());
    }

    /** What the text of a URI must be. */
    private Sql uri(ValueTest test, String column) {
        return switch (test) {
            case ValueTest.Uri uri -> text(uri.operator(), uri.uri(), column);
            case ValueTest.UriAbove above ->
                    Sql.any(
                            prefixes(above.uri()).stream()
                                    .map(
                                            prefix ->
                                                    new Sql()
                                                            .repeated(
                                                                    dialect.equalText(column),
                                                                    prefix))
                                    .toList());
            default -> throw new IllegalArgumentException("not about URIs: " + test);
        };
    }

    /** Of a single URI the number is known before, so that an index gives its rows in order. */
    private Sql uriByNumber(ValueTest test, String row) {
        String column = row + ".value";
        return test instanceof ValueTest.Uri uri && uri.operator() == ValueTest.TextOperator.EQUALS
                ? named(column, uri.uri())
                : Sql.of(column + " IN (SELECT n.id FROM names n WHERE ")
                        .add(uri(test, "n.value"))
                        .add(")");
    }

    /** A reference by kind and id. */
    private Sql byId(ValueTest.LocalReference reference, String row) {
        var conditions = new ArrayList<Sql>(3);
        conditions.add(Sql.of(row + ".target = ").bind(reference.id()));
        if (reference.type().isPresent()) {
            List<Long> kinds = kinds(reference);
            conditions.add(
                    kinds.isEmpty()
                            ? Sql.any(List.of())
                            : Sql.of(row + ".target_kind = ").bind(kinds.getFirst()));
        }
        version(reference, row).ifPresent(conditions::add);
        return Sql.all(conditions);
    }

    /** A reference by the number of the resource, of which there is one for each kind. */
    private Sql byNumber(ValueTest.LocalReference reference, String row) {
        List<Long> kinds = kinds(reference);
        if (kinds.isEmpty()) {
            return Sql.any(List.of());
        }
        Sql number =
                Sql.of("(SELECT t.id FROM resources t WHERE ")
                        .among("t.kind", kinds)
                        .add(" AND t.logical_id = ")
                        .bind(dialect.id(reference.id()))
                        .add(")");
        var conditions = new ArrayList<Sql>(2);
        conditions.add(
                Sql.of(row + ".target " + (reference.type().isPresent() ? "= " : "IN "))
                        .add(number));
        version(reference, row).ifPresent(conditions::add);
        return Sql.all(conditions);
    }

    private List<Long> kinds(ValueTest.LocalReference reference) {
        Set<String> types = reference.type().map(Set::of).orElseGet(Set::of);
        return catalog.kinds(types).stream().map(Kind::number).toList();
    }

    private static Optional<Sql> version(ValueTest.LocalReference reference, String row) {
        return reference.version().map(version -> Sql.of(row + ".version = ").bind(version));
    }

    /** What a row of {@code reference_index} must be to lead to a row of {@code resources}. */
    String leadsTo(String row, String target) {
        return dialect.refersByNumber()
                ? target + ".id = " + row + ".target"
                : "%1$s.kind = %2$s.target_kind AND %1$s.logical_id = %2$s.target"
                        .formatted(target, row);
    }

    private Sql decimal(
            ValueTest.RangeOperator operator, BigDecimal low, BigDecimal high, String row) {
        return Ranges.condition(
                dialect, operator, dialect.decimal(low), dialect.decimal(high), row);
    }

    private Sql quantity(ValueTest.Quantity quantity, String row) {
        var conditions = new ArrayList<Sql>(3);
        conditions.add(decimal(quantity.operator(), quantity.low(), quantity.high(), row));
        if (!quantity.canonical()) {
            quantity.system().ifPresent(name -> conditions.add(named(row + ".system", name)));
        }
        quantity.code().ifPresent(name -> conditions.add(named(row + ".code", name)));
        return Sql.all(conditions);
    }

    /** The URI itself and its parts that end in front of a slash or with one. */
    static List<String> prefixes(String uri) {
        var prefixes = new LinkedHashSet<String>();
        prefixes.add(uri);
        for (int slash = uri.indexOf('/'); slash >= 0; slash = uri.indexOf('/', slash + 1)) {
            prefixes.add(uri.substring(0, slash));
            prefixes.add(uri.substring(0, slash + 1));
        }
        return List.copyOf(prefixes);
    }
}
