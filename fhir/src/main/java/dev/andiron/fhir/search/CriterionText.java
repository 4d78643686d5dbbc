package dev.andiron.fhir.search;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.ValueTest;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Criteria and sorts as text for people who want to know how a search was understood. */
public final class CriterionText {
    private static final int MOST_LISTED = 20;

    private CriterionText() {}

    /** A criterion, such as {@code code is http://loinc.org|8302-2}. */
    public static String of(Criterion criterion) {
        return switch (criterion) {
            case Criterion.All all when all.criteria().isEmpty() -> "everything";
            case Criterion.All all -> joined(all.criteria(), " and ");
            case Criterion.Any any when any.criteria().isEmpty() -> "nothing";
            case Criterion.Any any -> joined(any.criteria(), " or ");
            case Criterion.Not not -> "not (%s)".formatted(of(not.criterion()));
            case Criterion.Id id -> "the id is " + listed(sorted(id.ids()));
            case Criterion.Type type -> "the type is " + listed(sorted(type.types()));
            case Criterion.LastUpdated updated ->
                    "last updated " + range(updated.operator(), updated.low(), updated.high());
            case Criterion.Value value -> value.parameter() + " " + of(value.test());
            case Criterion.Present present -> present.parameter() + " is present";
            case Criterion.Chain chain ->
                    "%s leads to a %s of which (%s)"
                            .formatted(
                                    chain.parameter(),
                                    listed(sorted(chain.targetTypes())),
                                    of(chain.target()));
            case Criterion.ReverseChain chain ->
                    "a %s refers to it by %s of which (%s)"
                            .formatted(chain.sourceType(), chain.parameter(), of(chain.source()));
            case Criterion.Contained contained ->
                    "it contains a %s of which (%s)"
                            .formatted(
                                    contained.types().isEmpty()
                                            ? "resource"
                                            : listed(sorted(contained.types())),
                                    of(contained.criterion()));
        };
    }

    /** A test of a value, such as {@code starts with 'smith'}. */
    public static String of(ValueTest test) {
        return switch (test) {
            case ValueTest.Text text ->
                    "%s '%s'%s"
                            .formatted(
                                    word(text.operator()),
                                    text.text(),
                                    text.exact() ? " exactly" : ", case and accents aside");
            case ValueTest.Token token -> "is " + token(token);
            case ValueTest.TokenDisplay display ->
                    "has a display that %s '%s'"
                            .formatted(word(display.operator()), display.text());
            case ValueTest.TokenIn tokens ->
                    "is one of %d codes: %s"
                            .formatted(
                                    tokens.tokens().size(),
                                    listed(
                                            tokens.tokens().stream()
                                                    .map(CriterionText::token)
                                                    .toList()));
            case ValueTest.TypedIdentifier typed ->
                    "is the identifier '%s' of type %s|%s"
                            .formatted(typed.value(), typed.typeSystem(), typed.typeCode());
            case ValueTest.LocalReference local ->
                    "refers to %s%s%s"
                            .formatted(
                                    local.type().map(type -> type + "/").orElse("any type's "),
                                    local.id(),
                                    local.version().map(v -> " at version " + v).orElse(""));
            case ValueTest.ExternalReference external ->
                    "refers to a URL that %s '%s'"
                            .formatted(word(external.operator()), external.uri());
            case ValueTest.ReferenceIdentifier identifier ->
                    "refers by the identifier " + token(identifier.system(), identifier.value());
            case ValueTest.Date date -> range(date.operator(), date.low(), date.high());
            case ValueTest.Number number -> range(number.operator(), number.low(), number.high());
            case ValueTest.Quantity quantity when quantity.equals(DerivedCriteria.ANY_QUANTITY) ->
                    "is any quantity";
            case ValueTest.Quantity quantity ->
                    range(quantity.operator(), quantity.low(), quantity.high())
                            + quantity.code().map(code -> " in " + code).orElse("")
                            + (quantity.canonical() ? " (canonical unit)" : "");
            case ValueTest.Uri uri -> "%s '%s'".formatted(word(uri.operator()), uri.uri());
            case ValueTest.UriAbove above -> "is '%s' or a path above it".formatted(above.uri());
            case ValueTest.Near near ->
                    String.format(
                            Locale.ROOT,
                            "is within %.1f m of latitude %f, longitude %f",
                            near.meters(),
                            near.latitude(),
                            near.longitude());
            case ValueTest.Composite composite ->
                    composite.components().stream()
                            .map(CriterionText::of)
                            .collect(Collectors.joining(" together with ", "(", ")"));
            case ValueTest.Words words -> "has the words " + quoted(words.words());
            case ValueTest.Phrase phrase ->
                    "has the phrase '%s'".formatted(String.join(" ", phrase.words()));
        };
    }

    /** A key to sort by, such as {@code birthdate, descending}. */
    public static String of(Sort sort) {
        String key =
                switch (sort) {
                    case Sort.Parameter parameter -> parameter.parameter();
                    case Sort.Union union ->
                            "%s (%s)"
                                    .formatted(
                                            union.parameter(),
                                            String.join(" or ", union.parameters()));
                    case Sort.LastUpdated _ -> "the last update";
                    case Sort.Id _ -> "the id";
                    case Sort.Score _ -> "how well it matches";
                    case Sort.Distance distance ->
                            String.format(
                                    Locale.ROOT,
                                    "the distance of %s from latitude %f, longitude %f",
                                    distance.parameter(),
                                    distance.latitude(),
                                    distance.longitude());
                };
        return key + (sort.descending() ? ", descending" : ", ascending");
    }

    private static String joined(List<Criterion> criteria, String word) {
        return criteria.size() == 1
                ? of(criteria.getFirst())
                : shortened(criteria, each -> "(" + of(each) + ")", word);
    }

    private static String listed(List<String> items) {
        return shortened(items, item -> item, " or ");
    }

    private static <T> String shortened(List<T> items, Function<T, String> text, String word) {
        String shown =
                items.stream().limit(MOST_LISTED).map(text).collect(Collectors.joining(word));
        int more = items.size() - MOST_LISTED;
        return more > 0 ? "%s%s%d more".formatted(shown, word, more) : shown;
    }

    private static List<String> sorted(Iterable<String> items) {
        var sorted = new TreeSet<String>();
        items.forEach(sorted::add);
        return List.copyOf(sorted);
    }

    private static String quoted(List<String> words) {
        return words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(", "));
    }

    private static String token(ValueTest.Token token) {
        return token(token.system(), token.code());
    }

    private static String token(Optional<String> system, Optional<String> code) {
        String scheme = system.map(text -> text.isEmpty() ? "(no system)|" : text + "|").orElse("");
        return scheme + code.orElse("any code");
    }

    private static String word(ValueTest.TextOperator operator) {
        return switch (operator) {
            case EQUALS -> "is";
            case STARTS_WITH -> "starts with";
            case CONTAINS -> "contains";
            case ENDS_WITH -> "ends with";
        };
    }

    private static String range(ValueTest.RangeOperator operator, Object low, Object high) {
        String period = low.equals(high) ? low.toString() : "[%s, %s)".formatted(low, high);
        return switch (operator) {
            case EQ -> "is within " + period;
            case NE -> "is not within " + period;
            case GT -> "goes beyond " + high;
            case LT -> "begins before " + low;
            case GE -> "is within %s or goes beyond it".formatted(period);
            case LE -> "is within %s or begins before it".formatted(period);
            case SA -> "begins at or after " + high;
            case EB -> "ends at or before " + low;
            case AP -> "overlaps " + period;
        };
    }
}
