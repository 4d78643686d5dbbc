package dev.andiron.fhir.search;

import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.search.ValueTest.TextOperator;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Whether one search value passes a test; a value of another kind than the test's never does. */
final class ValueMatcher {
    private ValueMatcher() {}

    static boolean matches(ValueTest test, SearchValue value) {
        return switch (test) {
            case ValueTest.Text wanted -> value instanceof SearchValue.Text it && text(wanted, it);
            case ValueTest.Token wanted ->
                    value instanceof SearchValue.Token it && token(wanted, it);
            case ValueTest.TokenDisplay wanted ->
                    value instanceof SearchValue.Token it
                            && !it.display().isEmpty()
                            && compare(wanted.operator(), it.display(), wanted.text());
            case ValueTest.TokenIn wanted ->
                    value instanceof SearchValue.Token it
                            && wanted.tokens().stream().anyMatch(each -> token(each, it));
            case ValueTest.TypedIdentifier wanted ->
                    value instanceof SearchValue.TypedIdentifier it
                            && it.typeSystem().equals(wanted.typeSystem())
                            && it.typeCode().equals(wanted.typeCode())
                            && it.value().equals(wanted.value());
            case ValueTest.LocalReference wanted ->
                    value instanceof SearchValue.LocalReference it
                            && it.id().equals(wanted.id())
                            && isAbsentOrEqual(wanted.type(), it.type())
                            && isAbsentOrEqual(wanted.version(), it.version());
            case ValueTest.ExternalReference wanted ->
                    value instanceof SearchValue.ExternalReference it
                            && compare(wanted.operator(), it.uri(), wanted.uri());
            case ValueTest.ReferenceIdentifier wanted ->
                    value instanceof SearchValue.ReferenceIdentifier it
                            && isAbsentOrEqual(wanted.system(), it.system())
                            && isAbsentOrEqual(wanted.value(), it.value());
            case ValueTest.Date wanted ->
                    value instanceof SearchValue.Date it
                            && Ranges.test(
                                    wanted.operator(),
                                    wanted.low(),
                                    wanted.high(),
                                    it.low(),
                                    it.high());
            case ValueTest.Number wanted ->
                    value instanceof SearchValue.Number it
                            && Ranges.test(
                                    wanted.operator(),
                                    wanted.low(),
                                    wanted.high(),
                                    it.low(),
                                    it.high());
            case ValueTest.Quantity wanted ->
                    value instanceof SearchValue.Quantity it && quantity(wanted, it);
            case ValueTest.Uri wanted ->
                    value instanceof SearchValue.Uri it
                            && compare(wanted.operator(), it.value(), wanted.uri());
            case ValueTest.UriAbove wanted ->
                    value instanceof SearchValue.Uri it && isAbove(it.value(), wanted.uri());
            case ValueTest.Near wanted ->
                    value instanceof SearchValue.Position it
                            && Distance.meters(wanted.latitude(), wanted.longitude(), it)
                                    <= wanted.meters();
            case ValueTest.Composite wanted ->
                    value instanceof SearchValue.Composite it && composite(wanted, it);
            case ValueTest.Words wanted ->
                    value instanceof SearchValue.FullText it && words(wanted.words(), it.text());
            case ValueTest.Phrase wanted ->
                    value instanceof SearchValue.FullText it && phrase(wanted.words(), it.text());
        };
    }

    private static boolean text(ValueTest.Text wanted, SearchValue.Text value) {
        String text = wanted.exact() ? value.exact() : value.normalized();
        return compare(wanted.operator(), text, wanted.text());
    }

    private static boolean token(ValueTest.Token wanted, SearchValue.Token value) {
        return isAbsentOrEqual(wanted.system(), value.system())
                && isAbsentOrEqual(wanted.code(), value.code());
    }

    private static boolean compare(TextOperator operator, String value, String wanted) {
        return switch (operator) {
            case EQUALS -> value.equals(wanted);
            case STARTS_WITH -> value.startsWith(wanted);
            case CONTAINS -> value.contains(wanted);
            case ENDS_WITH -> value.endsWith(wanted);
        };
    }

    private static boolean isAbsentOrEqual(Optional<String> wanted, String value) {
        return wanted.isEmpty() || wanted.get().equals(value);
    }

    private static boolean quantity(ValueTest.Quantity wanted, SearchValue.Quantity value) {
        BigDecimal low = wanted.canonical() ? value.canonicalLow() : value.low();
        BigDecimal high = wanted.canonical() ? value.canonicalHigh() : value.high();
        boolean unit =
                wanted.canonical()
                        ? isAbsentOrEqual(wanted.code(), value.canonicalCode())
                        : isAbsentOrEqual(wanted.system(), value.system())
                                && isAbsentOrEqual(wanted.code(), value.code());
        return unit && Ranges.test(wanted.operator(), wanted.low(), wanted.high(), low, high);
    }

    private static boolean isAbove(String value, String wanted) {
        return wanted.startsWith(value)
                && (wanted.length() == value.length()
                        || value.endsWith("/")
                        || wanted.charAt(value.length()) == '/');
    }

    private static boolean composite(ValueTest.Composite wanted, SearchValue.Composite value) {
        int size = wanted.components().size();
        if (value.components().size() != size) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            ValueTest test = wanted.components().get(i);
            if (value.components().get(i).stream().noneMatch(each -> matches(test, each))) {
                return false;
            }
        }
        return true;
    }

    private static boolean words(List<String> wanted, String text) {
        return new HashSet<>(Words.of(text)).containsAll(normalized(wanted));
    }

    private static boolean phrase(List<String> wanted, String text) {
        return Collections.indexOfSubList(Words.of(text), normalized(wanted)) >= 0;
    }

    private static List<String> normalized(List<String> words) {
        return words.stream().map(TextNormalizer::normalize).toList();
    }
}
