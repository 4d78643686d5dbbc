package dev.andiron.tck;

import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.search.ValueTest.RangeOperator;
import dev.andiron.tck.fixture.SearchTable;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.stream.Stream;

/** Promises of {@link RangeOperator} for dates, numbers and quantities. */
@Needs(Facet.SEARCH)
abstract class SearchRangeContract extends Contract {

    SearchRangeContract(BackendContract contract) {
        super(contract);
    }

    private SearchTable table() {
        return new SearchTable(newTenant(), capabilities().search());
    }

    /** {@link ValueTest.Date}. */
    @TestFactory
    @Promise("dates are found by every operator, as intervals, also without a start or an end")
    @Needs(search = SearchFeature.DATE)
    final Stream<DynamicTest> required_SR01_dates() {
        Instant low = day("2020-05-17");
        Instant high = day("2020-05-18");
        Instant noon = Instant.parse("2020-05-17T12:00:00.001Z");
        SearchTable table =
                table().patient("year", date(day("2020-01-01"), day("2021-01-01")))
                        .patient("day", date(low, high))
                        .patient("moment", date(noon, noon.plusMillis(1)))
                        .patient("before", date(day("2019-03-01"), day("2019-04-01")))
                        .patient("after", date(day("2021-06-01"), day("2021-06-02")))
                        .patient("next", date(high, day("2020-05-19")))
                        .patient("since", date(low, Instant.MAX))
                        .patient("until", date(Instant.MIN, high))
                        .patient("ever", date(Instant.MIN, Instant.MAX))
                        .patient(
                                "two",
                                date(day("2019-01-01"), day("2019-01-02")),
                                date(day("2021-01-01"), day("2021-01-02")))
                        .patient("never")
                        .patient("born", new SearchValue.Date("birth", low, high));
        return table.finds("date", test(RangeOperator.EQ, low, high), "day", "moment")
                .finds(
                        "date",
                        test(RangeOperator.NE, low, high),
                        "year",
                        "before",
                        "after",
                        "next",
                        "since",
                        "until",
                        "ever",
                        "two")
                .finds(
                        "date",
                        test(RangeOperator.GT, low, high),
                        "year",
                        "after",
                        "next",
                        "since",
                        "ever",
                        "two")
                .finds(
                        "date",
                        test(RangeOperator.LT, low, high),
                        "year",
                        "before",
                        "until",
                        "ever",
                        "two")
                .finds(
                        "date",
                        test(RangeOperator.GE, low, high),
                        "year",
                        "after",
                        "next",
                        "since",
                        "ever",
                        "two",
                        "day",
                        "moment")
                .finds(
                        "date",
                        test(RangeOperator.LE, low, high),
                        "year",
                        "before",
                        "until",
                        "ever",
                        "two",
                        "day",
                        "moment")
                .finds("date", test(RangeOperator.SA, low, high), "after", "next", "two")
                .finds("date", test(RangeOperator.EB, low, high), "before", "two")
                .finds(
                        "date",
                        test(RangeOperator.AP, low, high),
                        "year",
                        "day",
                        "moment",
                        "since",
                        "until",
                        "ever")
                .tests();
    }

    /** {@link SearchValue.Date}: {@link Instant#MIN} and {@link Instant#MAX}. */
    @TestFactory
    @Promise("dates may be tested against a range without a start or an end")
    @Needs(search = SearchFeature.DATE)
    final Stream<DynamicTest> required_SR02_openRanges() {
        Instant low = day("2020-05-17");
        SearchTable table =
                table().patient("before", date(day("2019-03-01"), low))
                        .patient("over", date(day("2020-01-01"), day("2021-01-01")))
                        .patient("after", date(low, day("2020-05-18")))
                        .patient("since", date(low, Instant.MAX))
                        .patient("until", date(Instant.MIN, low));
        return table.finds("date", test(RangeOperator.EQ, low, Instant.MAX), "after", "since")
                .finds("date", test(RangeOperator.AP, low, Instant.MAX), "over", "after", "since")
                .finds("date", test(RangeOperator.GT, low, Instant.MAX))
                .finds("date", test(RangeOperator.EQ, Instant.MIN, low), "before", "until")
                .finds("date", test(RangeOperator.AP, Instant.MIN, low), "before", "over", "until")
                .finds("date", test(RangeOperator.LT, Instant.MIN, low))
                .finds(
                        "date",
                        test(RangeOperator.EQ, Instant.MIN, Instant.MAX),
                        "before",
                        "over",
                        "after",
                        "since",
                        "until")
                .tests();
    }

    /** {@link SearchValue.Date}: FHIR's dates go from year 1 to year 9999. */
    @TestFactory
    @Promise("dates from year 1 to year 9999 keep their milliseconds")
    @Needs(search = SearchFeature.DATE)
    final Stream<DynamicTest> required_SR03_farDates() {
        Instant first = Instant.parse("0001-01-01T00:00:00Z");
        Instant old = Instant.parse("1752-09-14T00:00:00.999Z");
        Instant last = Instant.parse("9999-12-31T23:59:59.999Z");
        SearchTable table =
                table().patient("first", date(first, first.plusMillis(1)))
                        .patient("old", date(old, old.plusMillis(1)))
                        .patient("older", date(old.minusMillis(1), old))
                        .patient("last", date(last, last.plusMillis(1)));
        return table.finds("date", test(RangeOperator.EQ, first, first.plusMillis(1)), "first")
                .finds("date", test(RangeOperator.EQ, old, old.plusMillis(1)), "old")
                .finds("date", test(RangeOperator.EB, old, old.plusMillis(1)), "first", "older")
                .finds("date", test(RangeOperator.GE, last, last.plusMillis(1)), "last")
                .finds("date", test(RangeOperator.SA, first, old.plusMillis(1)), "last")
                .tests();
    }

    private static Instant day(String day) {
        return LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static SearchValue date(Instant low, Instant high) {
        return new SearchValue.Date("date", low, high);
    }

    private static ValueTest test(RangeOperator operator, Instant low, Instant high) {
        return new ValueTest.Date(operator, low, high);
    }

    /** {@link ValueTest.Number}. */
    @TestFactory
    @Promise("numbers are found by every operator, as the interval that their digits mean")
    @Needs(search = SearchFeature.NUMBER)
    final Stream<DynamicTest> required_SR04_numbers() {
        SearchTable table =
                table().patient("hundred", number("99.5", "100", "100.5"))
                        .patient("precise", number("99.95", "100.0", "100.05"))
                        .patient("small", number("0.0045", "0.005", "0.0055"))
                        .patient("negative", number("-1.5", "-1", "-0.5"))
                        .patient("zero", number("-0.5", "0", "0.5"))
                        .patient("large", number("1E+20", "1.2E+20", "1.3E+20"))
                        .patient("none");
        return table.finds("n", number(RangeOperator.EQ, "99.5", "100.5"), "hundred", "precise")
                .finds("n", number(RangeOperator.EQ, "99.500", "1005E-1"), "hundred", "precise")
                .finds("n", number(RangeOperator.EQ, "99.95", "100.05"), "precise")
                .finds(
                        "n",
                        number(RangeOperator.NE, "99.5", "100.5"),
                        "small",
                        "negative",
                        "zero",
                        "large")
                .finds("n", number(RangeOperator.GT, "99.95", "100.05"), "hundred", "large")
                .finds("n", number(RangeOperator.GT, "99.5", "100.5"), "large")
                .finds(
                        "n",
                        number(RangeOperator.LT, "99.95", "100.05"),
                        "hundred",
                        "small",
                        "negative",
                        "zero")
                .finds(
                        "n",
                        number(RangeOperator.GE, "99.5", "100.5"),
                        "hundred",
                        "precise",
                        "large")
                .finds("n", number(RangeOperator.LE, "-1.5", "-0.5"), "negative")
                .finds("n", number(RangeOperator.LT, "-0.5", "0.5"), "negative")
                .finds(
                        "n",
                        number(RangeOperator.SA, "-0.5", "0.0045"),
                        "hundred",
                        "precise",
                        "small",
                        "large")
                .finds("n", number(RangeOperator.EB, "0.0045", "7"), "negative")
                .finds("n", number(RangeOperator.EB, "0.5", "7"), "negative", "zero", "small")
                .finds("n", number(RangeOperator.AP, "100.2", "1E+20"), "hundred")
                .finds("n", number(RangeOperator.AP, "-0.6", "-0.4"), "negative", "zero")
                .tests();
    }

    /** {@link SearchValue.Number}. */
    @TestFactory
    @Promise("numbers that differ beyond 15 digits are told apart")
    @Needs(search = SearchFeature.NUMBER)
    final Stream<DynamicTest> optional_SR05_numbersAreExact() {
        return table().patient(
                        "nine",
                        number(
                                "123456789012345678901234567889",
                                "123456789012345678901234567889.5",
                                "123456789012345678901234567890"))
                .patient(
                        "ten",
                        number(
                                "123456789012345678901234567890",
                                "123456789012345678901234567890.5",
                                "123456789012345678901234567891"))
                .finds(
                        "n",
                        number(
                                RangeOperator.EQ,
                                "123456789012345678901234567890",
                                "123456789012345678901234567891"),
                        "ten")
                .finds(
                        "n",
                        number(
                                RangeOperator.LT,
                                "123456789012345678901234567890",
                                "123456789012345678901234567891"),
                        "nine")
                .tests();
    }

    /** {@link SearchValue.Number}: a point unless the element is a range. */
    @TestFactory
    @Promise("numbers that are points are found by every operator, against points and ranges")
    @Needs(search = SearchFeature.NUMBER)
    final Stream<DynamicTest> required_SR07_points() {
        SearchTable table =
                table().patient("99", number("99", "99", "99"))
                        .patient("100", number("100", "100.00", "1E+2"))
                        .patient("101", number("101", "101", "101"))
                        .patient("up", number("100", "100", "1E+308"))
                        .patient("down", number("-1E+308", "100", "100"));
        return table.finds("n", number(RangeOperator.EQ, "99.5", "100.5"), "100")
                .finds("n", number(RangeOperator.EQ, "100", "100"), "100")
                .finds("n", number(RangeOperator.NE, "99.5", "100.5"), "99", "101", "up", "down")
                .finds("n", number(RangeOperator.GT, "100", "100"), "101", "up")
                .finds("n", number(RangeOperator.LT, "100", "100"), "99", "down")
                .finds("n", number(RangeOperator.GE, "100", "100"), "100", "101", "up")
                .finds("n", number(RangeOperator.LE, "100", "100"), "99", "100", "down")
                .finds("n", number(RangeOperator.SA, "99.5", "100.5"), "101")
                .finds("n", number(RangeOperator.EB, "99.5", "100.5"), "99")
                .finds("n", number(RangeOperator.AP, "90", "100.5"), "99", "100", "up", "down")
                .tests();
    }

    private static SearchValue number(String low, String value, String high) {
        return new SearchValue.Number(
                "n", new BigDecimal(low), new BigDecimal(value), new BigDecimal(high));
    }

    private static ValueTest number(RangeOperator operator, String low, String high) {
        return new ValueTest.Number(operator, new BigDecimal(low), new BigDecimal(high));
    }

    /** {@link ValueTest.Quantity}. */
    @TestFactory
    @Promise("quantities are found by number and unit of one value, as written or canonical")
    @Needs(search = SearchFeature.QUANTITY)
    final Stream<DynamicTest> required_SR06_quantities() {
        SearchTable table =
                table().patient(
                                "mg",
                                quantity(
                                        "4.5",
                                        "5",
                                        "5.5",
                                        "urn:ucum",
                                        "mg",
                                        "g",
                                        "0.0045",
                                        "0.0055"))
                        .patient(
                                "g",
                                quantity(
                                        "0.0045",
                                        "0.005",
                                        "0.0055",
                                        "urn:ucum",
                                        "g",
                                        "g",
                                        "0.0045",
                                        "0.0055"))
                        .patient(
                                "own",
                                quantity("4.5", "5", "5.5", "urn:own", "mg", "", "4.5", "5.5"))
                        .patient("bare", quantity("4.5", "5", "5.5", "", "", "", "4.5", "5.5"))
                        .patient(
                                "two",
                                quantity("4.5", "5", "5.5", "urn:ucum", "m", "m", "4.5", "5.5"),
                                quantity(
                                        "6.5",
                                        "7",
                                        "7.5",
                                        "urn:ucum",
                                        "mg",
                                        "g",
                                        "0.0065",
                                        "0.0075"));
        return table.finds(
                        "q",
                        quantity(RangeOperator.EQ, "4.5", "5.5", any(), any()),
                        "mg",
                        "own",
                        "bare",
                        "two")
                .finds(
                        "q",
                        quantity(
                                RangeOperator.EQ,
                                "4.5",
                                "5.5",
                                Optional.of("urn:ucum"),
                                Optional.of("mg")),
                        "mg")
                .finds(
                        "q",
                        quantity(RangeOperator.EQ, "4.5", "5.5", any(), Optional.of("mg")),
                        "mg",
                        "own")
                .finds(
                        "q",
                        quantity(RangeOperator.EQ, "4.5", "5.5", Optional.of(""), Optional.of("")),
                        "bare")
                .finds(
                        "q",
                        quantity(RangeOperator.GT, "4.5", "5.5", any(), Optional.of("mg")),
                        "two")
                .finds("q", quantity(RangeOperator.LT, "4.5", "5.5", any(), any()), "g")
                .finds("q", quantity(RangeOperator.NE, "4.5", "5.5", any(), any()), "g", "two")
                .finds(
                        "q",
                        quantity(RangeOperator.EB, "4.5", "5.5", Optional.of("urn:ucum"), any()),
                        "g")
                .finds(
                        "q",
                        quantity(
                                RangeOperator.EQ,
                                "4.5",
                                "5.5",
                                Optional.of("urn:ucum"),
                                Optional.of("MG")))
                .finds("q", canonical(RangeOperator.EQ, "0.0045", "0.0055", "g"), "mg", "g")
                .finds("q", canonical(RangeOperator.GT, "0.0045", "0.0055", "g"), "two")
                .finds("q", canonical(RangeOperator.GE, "0.0045", "0.0055", "g"), "mg", "g", "two")
                .finds("q", canonical(RangeOperator.EQ, "4.5", "5.5", "m"), "two")
                .finds("q", canonical(RangeOperator.EQ, "4.5", "5.5", "g"))
                .tests();
    }

    private static Optional<String> any() {
        return Optional.empty();
    }

    private static SearchValue quantity(
            String low,
            String value,
            String high,
            String system,
            String code,
            String canonicalCode,
            String canonicalLow,
            String canonicalHigh) {
        return new SearchValue.Quantity(
                "q",
                new BigDecimal(low),
                new BigDecimal(value),
                new BigDecimal(high),
                system,
                code,
                canonicalCode,
                new BigDecimal(canonicalLow),
                new BigDecimal(canonicalHigh));
    }

    private static ValueTest quantity(
            RangeOperator operator,
            String low,
            String high,
            Optional<String> system,
            Optional<String> code) {
        return new ValueTest.Quantity(
                operator, new BigDecimal(low), new BigDecimal(high), false, system, code);
    }

    private static ValueTest canonical(
            RangeOperator operator, String low, String high, String unit) {
        return new ValueTest.Quantity(
                operator,
                new BigDecimal(low),
                new BigDecimal(high),
                true,
                Optional.empty(),
                Optional.of(unit));
    }
}
