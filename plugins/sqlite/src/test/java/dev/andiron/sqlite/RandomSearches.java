package dev.andiron.sqlite;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.search.ValueTest.RangeOperator;
import dev.andiron.spi.search.ValueTest.TextOperator;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Random search values and random searches, from so few texts, codes, days and numbers that they
 * meet often.
 */
final class RandomSearches {
    static final List<String> TYPES = List.of("Observation", "Organization", "Patient");

    private static final Instant START = Instant.parse("2020-01-01T00:00:00Z");
    private static final List<String> TEXTS =
            List.of("a", "ab", "abc", "b", "ba", "b c", "é", "王", "100%", "a_b", "\udbff\udfffz");
    private static final List<String> SYSTEMS = List.of("", "urn:s", "urn:t");
    private static final List<String> UNITS = List.of("", "g", "mm");
    private static final List<String> URIS =
            List.of("http://a", "http://a/", "http://a/b", "http://a/b/c", "http://ab", "urn:x");
    private static final List<String> WORDS = List.of("red", "green", "blue", "été", "42");
    private static final int IDS = 40;

    private final Random random;

    RandomSearches(Random random) {
        this.random = random;
    }

    /** An id of a resource of the type; types share none. */
    static String id(String type, int number) {
        return type.substring(0, 2).toLowerCase(java.util.Locale.ROOT) + number;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    @SafeVarargs
    private <T> T one(Supplier<? extends T>... makers) {
        return makers[random.nextInt(makers.length)].get();
    }

    private <T> List<T> some(int most, Supplier<? extends T> maker) {
        return Stream.<T>generate(maker).limit(random.nextInt(most + 1)).toList();
    }

    Instant instant() {
        return START.plus(Duration.ofHours(random.nextInt(200)));
    }

    private BigDecimal number() {
        return BigDecimal.valueOf(random.nextInt(61) - 30L, random.nextInt(3));
    }

    private String anyId() {
        String type = one(TYPES);
        return id(type, random.nextInt(IDS));
    }

    private double latitude() {
        return one(List.of(-89.9, -17.0, 0.0, 48.1, 52.4, 52.5, 89.9));
    }

    private double longitude() {
        return one(List.of(-179.9, -10.0, 0.0, 13.0, 13.4, 179.9));
    }

    /** What a resource is found by. */
    List<SearchValue> values() {
        var values = new ArrayList<SearchValue>();
        values.addAll(some(2, () -> text("text")));
        values.addAll(some(3, () -> token("token")));
        values.addAll(some(2, () -> date("date")));
        values.addAll(some(2, () -> numberValue("number")));
        values.addAll(some(2, () -> quantity("quantity")));
        values.addAll(some(2, this::reference));
        values.addAll(some(1, () -> new SearchValue.Uri("uri", one(URIS))));
        values.addAll(some(2, () -> new SearchValue.Position("near", latitude(), longitude())));
        values.addAll(
                some(
                        1,
                        () ->
                                new SearchValue.TypedIdentifier(
                                        "typed", one(SYSTEMS), one(TEXTS), one(TEXTS))));
        values.addAll(
                some(
                        1,
                        () ->
                                new SearchValue.ReferenceIdentifier(
                                        "reference", one(SYSTEMS), one(TEXTS))));
        values.addAll(some(2, this::composite));
        values.addAll(
                some(
                        1,
                        () ->
                                new SearchValue.FullText(
                                        "_text", String.join(" ", some(5, () -> one(WORDS))))));
        return values.stream().distinct().toList();
    }

    private SearchValue text(String parameter) {
        String text = one(TEXTS);
        return new SearchValue.Text(parameter, text, random.nextBoolean() ? text : text + "X");
    }

    private SearchValue token(String parameter) {
        return new SearchValue.Token(
                parameter, one(SYSTEMS), one(TEXTS), random.nextBoolean() ? "" : one(TEXTS));
    }

    private SearchValue date(String parameter) {
        Instant low = instant();
        return one(
                () -> new SearchValue.Date(parameter, low, low.plus(hours(1))),
                () -> new SearchValue.Date(parameter, low, low.plus(hours(48))),
                () -> new SearchValue.Date(parameter, Instant.MIN, low),
                () -> new SearchValue.Date(parameter, low, Instant.MAX));
    }

    private static Duration hours(int hours) {
        return Duration.ofHours(hours);
    }

    private SearchValue numberValue(String parameter) {
        BigDecimal value = number();
        return random.nextInt(4) == 0
                ? new SearchValue.Number(parameter, value, value, value.add(BigDecimal.TWO))
                : new SearchValue.Number(parameter, value, value, value);
    }

    private SearchValue quantity(String parameter) {
        BigDecimal value = number();
        BigDecimal canonical = value.movePointRight(random.nextInt(2));
        return new SearchValue.Quantity(
                parameter,
                value,
                value,
                value,
                one(SYSTEMS),
                one(UNITS),
                one(UNITS),
                canonical,
                canonical.add(BigDecimal.valueOf(random.nextInt(2))));
    }

    private SearchValue reference() {
        String type = one(TYPES);
        return one(
                () ->
                        new SearchValue.LocalReference(
                                "reference",
                                type,
                                id(type, random.nextInt(IDS)),
                                random.nextInt(4) == 0 ? "1" : ""),
                () -> new SearchValue.ExternalReference("reference", one(URIS)));
    }

    private SearchValue composite() {
        return one(
                () ->
                        new SearchValue.Composite(
                                "composite",
                                List.of(some(2, () -> token("x")), some(2, () -> quantity("y")))),
                () ->
                        new SearchValue.Composite(
                                "composite",
                                List.of(
                                        some(1, this::reference),
                                        some(2, () -> one(() -> date("y"), () -> text("y"))))));
    }

    /** What is looked for. */
    Criterion criterion(int depth) {
        if (depth == 0 || random.nextInt(3) == 0) {
            return leaf();
        }
        return one(
                () -> new Criterion.All(some(3, () -> criterion(depth - 1))),
                () -> new Criterion.Any(some(3, () -> criterion(depth - 1))),
                () -> new Criterion.Not(criterion(depth - 1)),
                () ->
                        new Criterion.Chain(
                                "reference",
                                Set.copyOf(some(3, () -> one(TYPES))),
                                criterion(depth - 1)),
                () -> new Criterion.ReverseChain(one(TYPES), "reference", criterion(depth - 1)));
    }

    private Criterion leaf() {
        return one(
                () -> new Criterion.Id(Set.copyOf(some(4, this::anyId))),
                () -> new Criterion.Type(Set.copyOf(some(2, () -> one(TYPES)))),
                () -> {
                    ValueTest.Date date = dateTest();
                    return new Criterion.LastUpdated(date.operator(), date.low(), date.high());
                },
                () ->
                        new Criterion.Present(
                                one(
                                        List.of(
                                                "text",
                                                "token",
                                                "date",
                                                "number",
                                                "reference",
                                                "near",
                                                "composite",
                                                "_text",
                                                "nothing"))),
                this::value,
                this::value,
                this::value,
                this::value);
    }

    private Criterion value() {
        return one(
                () -> new Criterion.Value("text", textTest()),
                () -> new Criterion.Value("token", tokenTest()),
                () -> new Criterion.Value("token", new ValueTest.TokenIn(some(4, this::tokenTest))),
                () ->
                        new Criterion.Value(
                                "token", new ValueTest.TokenDisplay(textOperator(), one(TEXTS))),
                () -> new Criterion.Value("date", dateTest()),
                () -> new Criterion.Value("number", numberTest()),
                () -> new Criterion.Value("quantity", quantityTest()),
                () -> new Criterion.Value("reference", referenceTest()),
                () ->
                        new Criterion.Value(
                                "reference",
                                new ValueTest.ReferenceIdentifier(maybe(SYSTEMS), maybe(TEXTS))),
                () -> new Criterion.Value("uri", new ValueTest.Uri(textOperator(), one(URIS))),
                () -> new Criterion.Value("uri", new ValueTest.UriAbove(one(URIS))),
                () ->
                        new Criterion.Value(
                                "typed",
                                new ValueTest.TypedIdentifier(
                                        one(SYSTEMS), one(TEXTS), one(TEXTS))),
                () ->
                        new Criterion.Value(
                                "near",
                                new ValueTest.Near(
                                        latitude(),
                                        longitude(),
                                        one(List.of(0.0, 30_000.0, 500_000.0, 3e6, 2.1e7)))),
                () -> new Criterion.Value("composite", compositeTest()),
                () -> new Criterion.Value("_text", wordTest()));
    }

    private <T> Optional<T> maybe(List<T> of) {
        return random.nextInt(3) == 0 ? Optional.empty() : Optional.of(one(of));
    }

    private TextOperator textOperator() {
        return one(List.of(TextOperator.values()));
    }

    private RangeOperator rangeOperator() {
        return one(List.of(RangeOperator.values()));
    }

    private ValueTest textTest() {
        return new ValueTest.Text(textOperator(), one(TEXTS), random.nextBoolean());
    }

    private ValueTest.Token tokenTest() {
        return new ValueTest.Token(maybe(SYSTEMS), maybe(TEXTS));
    }

    private ValueTest.Date dateTest() {
        Instant low = instant();
        return new ValueTest.Date(
                rangeOperator(), low, low.plus(hours(one(List.of(1, 24, 24 * 31)))));
    }

    private ValueTest numberTest() {
        BigDecimal low = number();
        return new ValueTest.Number(rangeOperator(), low, low.add(width()));
    }

    private BigDecimal width() {
        return BigDecimal.valueOf(random.nextInt(4), random.nextInt(2));
    }

    private ValueTest quantityTest() {
        BigDecimal low = number();
        return new ValueTest.Quantity(
                rangeOperator(),
                low,
                low.add(width()),
                random.nextBoolean(),
                maybe(SYSTEMS),
                maybe(UNITS));
    }

    private ValueTest referenceTest() {
        return one(
                () ->
                        new ValueTest.LocalReference(
                                maybe(TYPES),
                                anyId(),
                                random.nextInt(4) == 0 ? Optional.of("1") : Optional.empty()),
                () -> new ValueTest.ExternalReference(textOperator(), one(URIS)));
    }

    private ValueTest compositeTest() {
        return one(
                () -> new ValueTest.Composite(List.of(tokenTest(), quantityTest())),
                () -> new ValueTest.Composite(List.of(referenceTest(), dateTest())),
                () -> new ValueTest.Composite(List.of(referenceTest(), textTest())));
    }

    private ValueTest wordTest() {
        return random.nextBoolean()
                ? new ValueTest.Words(some(3, () -> one(WORDS)))
                : new ValueTest.Phrase(some(3, () -> one(WORDS)));
    }

    /** Up to three keys. */
    List<Sort> sort() {
        return some(
                3,
                () ->
                        one(
                                () -> new Sort.Id(random.nextBoolean()),
                                () -> new Sort.LastUpdated(random.nextBoolean()),
                                () -> by("text", Sort.ValueKind.TEXT),
                                () -> by("token", Sort.ValueKind.TOKEN),
                                () -> by("date", Sort.ValueKind.DATE),
                                () -> by("number", Sort.ValueKind.NUMBER),
                                () -> by("quantity", Sort.ValueKind.QUANTITY),
                                () -> by("reference", Sort.ValueKind.REFERENCE),
                                () -> by("uri", Sort.ValueKind.URI),
                                () ->
                                        new Sort.Distance(
                                                "near",
                                                latitude(),
                                                longitude(),
                                                random.nextBoolean())));
    }

    private Sort by(String parameter, Sort.ValueKind kind) {
        return new Sort.Parameter(parameter, kind, random.nextBoolean());
    }

    /** The types of a search; empty means all. */
    Set<String> types() {
        return Set.copyOf(some(2, () -> one(TYPES)));
    }
}
