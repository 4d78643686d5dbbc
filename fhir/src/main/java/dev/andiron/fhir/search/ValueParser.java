package dev.andiron.fhir.search;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameterType;
import dev.andiron.fhir.path.DateInterval;
import dev.andiron.fhir.quantity.CanonicalUnit;
import dev.andiron.fhir.quantity.Ucum;
import dev.andiron.fhir.search.SearchProblems.Refusal;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.search.ValueTest.RangeOperator;
import dev.andiron.spi.search.ValueTest.TextOperator;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns one value of a parameter into tests, any of which a search value may pass. */
final class ValueParser {
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?\\d{1,60}(\\.\\d{1,60})?([eE][+-]?\\d{1,3})?");
    private static final int MAX_EXPONENT = 300;
    private static final Pattern ONLY_TYPE =
            Pattern.compile("\\.where\\(resolve\\(\\) is ([A-Za-z]+)\\)$");
    private static final Pattern PREFIX = Pattern.compile("(eq|ne|gt|lt|ge|le|sa|eb|ap)(.*)");
    private final Definitions definitions;
    private final ReferenceTarget.Reader references;
    private final InstantSource clock;

    ValueParser(Definitions definitions, ReferenceTarget.Reader references, InstantSource clock) {
        this.definitions = definitions;
        this.references = references;
        this.clock = clock;
    }

    /** An operator and what it is applied to. */
    private record Prefixed(RangeOperator operator, String rest) {}

    /**
     * The tests of one value.
     *
     * @param modifier without its colon; empty when there is none
     * @param value not split at commas any more, its escapes still there
     */
    List<ValueTest> tests(SearchParameter parameter, String modifier, String value) throws Refusal {
        if (parameter.type() == SearchParameterType.COMPOSITE) {
            return composite(parameter, modifier, value);
        }
        return tests(parameter.type(), Optional.of(parameter), modifier, value);
    }

    private List<ValueTest> tests(
            SearchParameterType type,
            Optional<SearchParameter> parameter,
            String modifier,
            String value)
            throws Refusal {
        return switch (type) {
            case STRING -> List.of(text(modifier, Escapes.unescape(value)));
            case TOKEN -> List.of(token(modifier, value));
            case REFERENCE -> reference(parameter, modifier, value);
            case URI -> uri(modifier, Escapes.unescape(value));
            case DATE -> {
                plain(type, modifier);
                yield List.of(date(value));
            }
            case NUMBER -> {
                plain(type, modifier);
                yield List.of(number(value));
            }
            case QUANTITY -> {
                plain(type, modifier);
                yield List.of(quantity(value));
            }
            case SPECIAL -> {
                plain(type, modifier);
                yield List.of(NearValue.parse(parts(value), value));
            }
            case COMPOSITE -> throw new IllegalArgumentException("a composite within a composite");
        };
    }

    private static void plain(SearchParameterType type, String modifier) throws Refusal {
        if (!modifier.isEmpty()) {
            throw Modifiers.inapplicable(modifier, type);
        }
    }

    private static ValueTest text(String modifier, String value) throws Refusal {
        if (modifier.equals("exact")) {
            return new ValueTest.Text(TextOperator.EQUALS, value, true);
        }
        TextOperator operator =
                switch (modifier) {
                    case "" -> TextOperator.STARTS_WITH;
                    case "contains" -> TextOperator.CONTAINS;
                    default -> throw Modifiers.inapplicable(modifier, SearchParameterType.STRING);
                };
        return new ValueTest.Text(operator, normalizedText(value), false);
    }

    /** A text to look for, normalised. */
    static String normalizedText(String value) throws Refusal {
        String normalized = TextNormalizer.normalize(value);
        if (normalized.isEmpty()) {
            throw Refusal.malformed("the value '" + value + "' has no text to look for");
        }
        return normalized;
    }

    private static ValueTest token(String modifier, String value) throws Refusal {
        return switch (modifier) {
            case "", "not" -> token(value);
            case "text", "code-text" -> display(value);
            case "of-type" -> {
                List<String> parts = parts(value);
                if (parts.size() != 3 || parts.contains("")) {
                    throw Refusal.malformed("'" + value + "' is not of the form system|code|value");
                }
                yield new ValueTest.TypedIdentifier(parts.get(0), parts.get(1), parts.get(2));
            }
            default -> throw Modifiers.inapplicable(modifier, SearchParameterType.TOKEN);
        };
    }

    private static ValueTest display(String value) throws Refusal {
        return new ValueTest.TokenDisplay(
                TextOperator.STARTS_WITH, normalizedText(Escapes.unescape(value)));
    }

    static ValueTest.Token token(String value) throws Refusal {
        List<String> parts = parts(value);
        if (parts.size() == 1) {
            return new ValueTest.Token(Optional.empty(), Optional.of(parts.getFirst()));
        }
        if (parts.size() > 2 || value.equals("|")) {
            throw Refusal.malformed(
                    "'" + value + "' is not of the form code, system|code, |code or system|");
        }
        String code = parts.get(1);
        return new ValueTest.Token(
                Optional.of(parts.getFirst()),
                code.isEmpty() ? Optional.empty() : Optional.of(code));
    }

    private static List<String> parts(String value) {
        return Escapes.split(value, '|').stream().map(Escapes::unescape).toList();
    }

    private List<ValueTest> reference(
            Optional<SearchParameter> parameter, String modifier, String value) throws Refusal {
        if (modifier.equals("identifier")) {
            ValueTest.Token token = token(value);
            return List.of(new ValueTest.ReferenceIdentifier(token.system(), token.code()));
        }
        if (modifier.equals("text") || modifier.equals("code-text")) {
            return List.of(display(value));
        }
        String text = Escapes.unescape(value);
        if (!modifier.isEmpty()) {
            return List.of(typed(parameter, modifier, text));
        }
        if (ReferenceTarget.Reader.isId(text)) {
            return List.of(
                    new ValueTest.LocalReference(
                            parameter.flatMap(ValueParser::onlyTarget), text, Optional.empty()));
        }
        return switch (references.read(text)) {
            case ReferenceTarget.Local local -> List.of(local(local));
            case ReferenceTarget.Contained contained ->
                    throw Refusal.malformed("contained resources are not found by '" + text + "'");
            case ReferenceTarget.External external -> external(text);
        };
    }

    private static ValueTest local(ReferenceTarget.Local local) {
        return new ValueTest.LocalReference(
                Optional.of(local.type()),
                local.id(),
                Optional.of(local.version()).filter(version -> !version.isEmpty()));
    }

    private static List<ValueTest> external(String uri) throws Refusal {
        if (uri.indexOf(':') <= 0) {
            throw Refusal.malformed(
                    "'"
                            + uri
                            + "' is not an id, a reference such as Patient/1, or an absolute URL");
        }
        var tests = new ArrayList<ValueTest>(2);
        tests.add(new ValueTest.ExternalReference(TextOperator.EQUALS, uri));
        if (uri.indexOf('|') < 0 && !uri.startsWith("urn:")) {
            // A canonical without a version stands for all of its versions.
            tests.add(new ValueTest.ExternalReference(TextOperator.STARTS_WITH, uri + "|"));
        }
        return tests;
    }

    /** The one type that a parameter can lead to, if it is only one. */
    static Optional<String> onlyTarget(SearchParameter parameter) {
        Matcher only = ONLY_TYPE.matcher(parameter.expression());
        if (!parameter.expression().contains("|") && only.find()) {
            return Optional.of(only.group(1));
        }
        Set<String> targets = parameter.targets();
        return targets.size() == 1 ? targets.stream().findFirst() : Optional.empty();
    }

    private ValueTest typed(Optional<SearchParameter> parameter, String type, String text)
            throws Refusal {
        if (!definitions.isResourceType(type)) {
            throw Modifiers.inapplicable(type, SearchParameterType.REFERENCE);
        }
        Set<String> targets = parameter.map(SearchParameter::targets).orElse(Set.of());
        if (!targets.isEmpty() && !targets.contains(type)) {
            throw Refusal.notUnderstood("it does not lead to a " + type);
        }
        if (ReferenceTarget.Reader.isId(text)) {
            return new ValueTest.LocalReference(Optional.of(type), text, Optional.empty());
        }
        if (references.read(text) instanceof ReferenceTarget.Local local
                && local.type().equals(type)) {
            return local(local);
        }
        throw Refusal.malformed("'" + text + "' is not the id of a " + type);
    }

    private static List<ValueTest> uri(String modifier, String uri) throws Refusal {
        return switch (modifier) {
            case "" -> List.of(new ValueTest.Uri(TextOperator.EQUALS, uri));
            case "contains" -> List.of(new ValueTest.Uri(TextOperator.CONTAINS, uri));
            case "above" -> List.of(new ValueTest.UriAbove(uri));
            case "below" -> {
                String folder = uri.endsWith("/") ? uri : uri + "/";
                yield List.of(
                        new ValueTest.Uri(TextOperator.EQUALS, uri),
                        new ValueTest.Uri(TextOperator.STARTS_WITH, folder));
            }
            default -> throw Modifiers.inapplicable(modifier, SearchParameterType.URI);
        };
    }

    private static Prefixed prefixed(String value) {
        Matcher prefix = PREFIX.matcher(value);
        return prefix.matches()
                ? new Prefixed(
                        RangeOperator.valueOf(prefix.group(1).toUpperCase(Locale.ROOT)),
                        prefix.group(2))
                : new Prefixed(RangeOperator.EQ, value);
    }

    ValueTest.Date date(String value) throws Refusal {
        Prefixed prefixed = prefixed(Escapes.unescape(value));
        DateInterval interval = DateInterval.parseOrNull(prefixed.rest());
        if (interval == null) {
            throw Refusal.malformed(
                    "'"
                            + value
                            + "' is not a date: accepted are YYYY, YYYY-MM, YYYY-MM-DD and"
                            + " YYYY-MM-DDThh:mm[:ss[.sss]][Z|+hh:mm], behind one of the prefixes"
                            + " eq ne gt lt ge le sa eb ap or none");
        }
        if (prefixed.operator() == RangeOperator.AP) {
            Duration tenth = Duration.between(interval.low(), clock.instant()).abs().dividedBy(10);
            Instant low = interval.low().minus(tenth);
            return new ValueTest.Date(RangeOperator.AP, low, interval.high().plus(tenth));
        }
        return new ValueTest.Date(prefixed.operator(), interval.low(), interval.high());
    }

    private static ValueTest number(String value) throws Refusal {
        Prefixed prefixed = prefixed(Escapes.unescape(value));
        DecimalRange range = range(prefixed, value);
        return new ValueTest.Number(prefixed.operator(), range.low(), range.high());
    }

    private static DecimalRange range(Prefixed prefixed, String value) throws Refusal {
        if (!NUMBER.matcher(prefixed.rest()).matches()) {
            throw Refusal.malformed(
                    "'"
                            + value
                            + "' is not a number behind one of the prefixes eq ne gt lt ge le sa eb"
                            + " ap or none");
        }
        var number = new BigDecimal(prefixed.rest());
        if (Math.abs((long) number.precision() - number.scale()) > MAX_EXPONENT) {
            throw Refusal.malformed("the number '" + value + "' is out of range");
        }
        return switch (prefixed.operator()) {
            case EQ, NE -> DecimalRange.byDigits(number);
            case GT, LT, GE, LE -> DecimalRange.exactly(number);
            case SA, EB -> DecimalRange.justAround(number);
            case AP -> DecimalRange.about(number);
        };
    }

    private static ValueTest quantity(String value) throws Refusal {
        List<String> parts = parts(value);
        if (parts.size() != 1 && parts.size() != 3) {
            throw Refusal.malformed(
                    "'"
                            + value
                            + "' is not of the form number, number|system|code or number||code");
        }
        Prefixed prefixed = prefixed(parts.getFirst());
        DecimalRange range = range(prefixed, parts.getFirst());
        Optional<String> system = unlessEmpty(parts, 1);
        Optional<String> code = unlessEmpty(parts, 2);
        Optional<CanonicalUnit> unit =
                system.filter(Ucum.SYSTEM::equals).isPresent()
                        ? code.flatMap(Ucum::canonical)
                        : Optional.empty();
        DecimalRange compared = unit.map(range::in).orElse(range);
        return new ValueTest.Quantity(
                prefixed.operator(),
                compared.low(),
                compared.high(),
                unit.isPresent(),
                system,
                unit.map(CanonicalUnit::code).or(() -> code));
    }

    private static Optional<String> unlessEmpty(List<String> parts, int index) {
        return index < parts.size() && !parts.get(index).isEmpty()
                ? Optional.of(parts.get(index))
                : Optional.empty();
    }

    private List<ValueTest> composite(SearchParameter parameter, String modifier, String value)
            throws Refusal {
        plain(SearchParameterType.COMPOSITE, modifier);
        List<String> parts = Escapes.split(value, '$');
        List<SearchParameter.Component> components = parameter.components();
        if (parts.size() != components.size() || parts.contains("")) {
            throw Refusal.malformed(
                    "'"
                            + value
                            + "' does not have the "
                            + components.size()
                            + " parts "
                            + String.join(
                                    "$",
                                    components.stream()
                                            .map(SearchParameter.Component::code)
                                            .toList()));
        }
        List<List<ValueTest>> rows = List.of(List.of());
        for (int i = 0; i < parts.size(); i++) {
            var longer = new ArrayList<List<ValueTest>>();
            SearchParameterType type = components.get(i).type();
            for (ValueTest test : tests(type, Optional.empty(), "", parts.get(i))) {
                for (List<ValueTest> row : rows) {
                    var next = new ArrayList<>(row);
                    next.add(test);
                    longer.add(next);
                }
            }
            rows = longer;
        }
        return rows.stream().<ValueTest>map(ValueTest.Composite::new).toList();
    }
}
