package dev.andiron.fhir.search;

import dev.andiron.fhir.definition.SearchParameterType;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.path.DateInterval;
import dev.andiron.fhir.path.PathNode;
import dev.andiron.fhir.quantity.CanonicalUnit;
import dev.andiron.fhir.quantity.Ucum;
import dev.andiron.spi.search.SearchValue;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Turns what the path of a search parameter finds into search values. An element of a type that the
 * parameter's type cannot compare gives none, nor does one without its essential part.
 */
final class ValueReader {
    private static final String CURRENCIES = "urn:iso:std:iso:4217";
    private static final List<String> NAME_PARTS = List.of("family", "given", "prefix", "suffix");
    private static final List<String> ADDRESS_PARTS =
            List.of("line", "city", "district", "state", "postalCode", "country");

    private final ReferenceTarget.Reader references;

    ValueReader(ReferenceTarget.Reader references) {
        this.references = references;
    }

    void read(
            SearchParameterType type,
            String parameter,
            PathNode node,
            Collection<SearchValue> out) {
        switch (type) {
            case TOKEN -> token(parameter, node, out);
            case STRING -> text(parameter, node, out);
            case REFERENCE -> reference(parameter, node, out);
            case DATE -> date(parameter, node, out);
            case NUMBER -> number(parameter, node, out);
            case QUANTITY -> quantity(parameter, node, out);
            case URI -> uri(parameter, node, out);
            case SPECIAL -> position(parameter, node, out);
            case COMPOSITE -> throw new IllegalArgumentException("a composite has components");
        }
    }

    private static void token(String parameter, PathNode node, Collection<SearchValue> out) {
        JsonValue value = node.valueOrNull();
        if (!(value instanceof JsonObject object)) {
            String text = node.textOrNull();
            if (text != null) {
                out.add(new SearchValue.Token(parameter, "", text, ""));
            }
            return;
        }
        switch (node.typeName()) {
            case "Coding" -> coding(parameter, object, out);
            case "CodeableConcept" -> concept(parameter, object, out);
            case "CodeableReference" ->
                    object.object("concept").ifPresent(found -> concept(parameter, found, out));
            case "Identifier" -> identifier(parameter, object, out);
            case "ContactPoint" -> {
                String contact = string(object, "value");
                if (!contact.isEmpty()) {
                    out.add(new SearchValue.Token(parameter, "", contact, ""));
                }
            }
            default -> {
                // No other type has a code.
            }
        }
    }

    private static void coding(String parameter, JsonObject coding, Collection<SearchValue> out) {
        String system = string(coding, "system");
        String code = string(coding, "code");
        String display = TextNormalizer.normalize(string(coding, "display"));
        if (!system.isEmpty() || !code.isEmpty() || !display.isEmpty()) {
            out.add(new SearchValue.Token(parameter, system, code, display));
        }
    }

    /** The concept's own text joins its codes as one more display of the first. */
    private static void concept(String parameter, JsonObject concept, Collection<SearchValue> out) {
        String text = string(concept, "text");
        boolean told = text.isEmpty();
        List<JsonObject> codings = concept.objects("coding");
        for (JsonObject coding : codings) {
            coding(parameter, coding, out);
            told = told || string(coding, "display").equals(text);
        }
        if (!told) {
            text(parameter, TextNormalizer.normalize(text), codings, out);
        }
    }

    private static void text(
            String parameter, String text, List<JsonObject> codings, Collection<SearchValue> out) {
        for (JsonObject coding : codings) {
            if (TextNormalizer.normalize(string(coding, "display")).equals(text)) {
                return;
            }
        }
        if (!text.isEmpty()) {
            JsonObject first = codings.isEmpty() ? JsonObject.empty() : codings.getFirst();
            out.add(
                    new SearchValue.Token(
                            parameter, string(first, "system"), string(first, "code"), text));
        }
    }

    private static void identifier(
            String parameter, JsonObject identifier, Collection<SearchValue> out) {
        String system = string(identifier, "system");
        String value = string(identifier, "value");
        if (system.isEmpty() && value.isEmpty()) {
            return;
        }
        JsonObject type =
                identifier.get("type") instanceof JsonObject object ? object : JsonObject.empty();
        String display = TextNormalizer.normalize(string(type, "text"));
        out.add(new SearchValue.Token(parameter, system, value, display));
        if (value.isEmpty()) {
            return;
        }
        for (JsonObject coding : type.objects("coding")) {
            String code = string(coding, "code");
            if (!code.isEmpty()) {
                out.add(
                        new SearchValue.TypedIdentifier(
                                parameter, string(coding, "system"), code, value));
            }
        }
    }

    private static void text(String parameter, PathNode node, Collection<SearchValue> out) {
        if (!(node.valueOrNull() instanceof JsonObject object)) {
            text(parameter, node.textOrNull(), out);
            return;
        }
        switch (node.typeName()) {
            case "HumanName" -> parts(parameter, object, NAME_PARTS, out);
            case "Address" -> parts(parameter, object, ADDRESS_PARTS, out);
            case "CodeableConcept" -> {
                text(parameter, string(object, "text"), out);
                for (JsonObject coding : object.objects("coding")) {
                    text(parameter, string(coding, "display"), out);
                }
            }
            default -> {
                // No other type is a text.
            }
        }
    }

    private static void parts(
            String parameter, JsonObject object, List<String> names, Collection<SearchValue> out) {
        for (String name : names) {
            switch (object.get(name)) {
                case JsonString text -> text(parameter, text.value(), out);
                case JsonArray array -> {
                    for (JsonValue each : array) {
                        if (each instanceof JsonString text) {
                            text(parameter, text.value(), out);
                        }
                    }
                }
                case null, default -> {
                    // The part is not there.
                }
            }
        }
        text(parameter, string(object, "text"), out);
    }

    private static void text(String parameter, String text, Collection<SearchValue> out) {
        if (text != null && !text.isBlank()) {
            out.add(new SearchValue.Text(parameter, TextNormalizer.normalize(text), text));
        }
    }

    private void reference(String parameter, PathNode node, Collection<SearchValue> out) {
        if (!(node.valueOrNull() instanceof JsonObject object)) {
            reference(parameter, node.textOrNull(), out);
            return;
        }
        JsonObject reference = object;
        if (node.typeName().equals("CodeableReference")) {
            reference = object.object("reference").orElse(JsonObject.empty());
        } else if (object.has("resourceType")) {
            // A resource within a Bundle that the Bundle is found by.
            String id = string(object, "id");
            reference(parameter, id.isEmpty() ? null : node.typeName() + "/" + id, out);
            return;
        } else if (!node.typeName().equals("Reference")) {
            return;
        }
        reference(parameter, reference.string("reference").orElse(null), out);
        String display = TextNormalizer.normalize(string(reference, "display"));
        if (!display.isEmpty()) {
            out.add(new SearchValue.Token(parameter, "", "", display));
        }
        if (reference.get("identifier") instanceof JsonObject identifier) {
            String value = string(identifier, "value");
            if (!value.isEmpty()) {
                out.add(
                        new SearchValue.ReferenceIdentifier(
                                parameter, string(identifier, "system"), value));
            }
        }
    }

    private void reference(String parameter, String text, Collection<SearchValue> out) {
        if (text == null || text.isEmpty()) {
            return;
        }
        switch (references.read(text)) {
            case ReferenceTarget.Local local ->
                    out.add(
                            new SearchValue.LocalReference(
                                    parameter, local.type(), local.id(), local.version()));
            case ReferenceTarget.External external ->
                    out.add(new SearchValue.ExternalReference(parameter, external.uri()));
            case ReferenceTarget.Contained contained -> {
                // Found by nobody but its container.
            }
        }
    }

    private static void date(String parameter, PathNode node, Collection<SearchValue> out) {
        DateInterval interval =
                node.valueOrNull() instanceof JsonObject object
                        ? switch (node.typeName()) {
                            case "Period" -> period(object);
                            case "Timing" -> timing(object);
                            default -> null;
                        }
                        : interval(node.textOrNull());
        if (interval != null && interval.low().isBefore(interval.high())) {
            out.add(new SearchValue.Date(parameter, interval.low(), interval.high()));
        }
    }

    private static DateInterval interval(String text) {
        return text == null ? null : DateInterval.parseOrNull(text);
    }

    private static DateInterval period(JsonObject period) {
        DateInterval start = interval(period.string("start").orElse(null));
        DateInterval end = interval(period.string("end").orElse(null));
        return start == null && end == null
                ? null
                : new DateInterval(
                        start == null ? Instant.MIN : start.low(),
                        end == null ? Instant.MAX : end.high());
    }

    /** The outer limits: repetitions within them do not matter. */
    private static DateInterval timing(JsonObject timing) {
        DateInterval outer =
                timing.get("repeat") instanceof JsonObject repeat
                                && repeat.get("boundsPeriod") instanceof JsonObject bounds
                        ? period(bounds)
                        : null;
        if (timing.get("event") instanceof JsonArray events) {
            for (JsonValue event : events) {
                if (event instanceof JsonString text) {
                    outer = hull(outer, interval(text.value()));
                }
            }
        }
        return outer;
    }

    private static DateInterval hull(DateInterval one, DateInterval other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return new DateInterval(
                one.low().isBefore(other.low()) ? one.low() : other.low(),
                one.high().isAfter(other.high()) ? one.high() : other.high());
    }

    private static void number(String parameter, PathNode node, Collection<SearchValue> out) {
        BigDecimal value = number(node);
        if (value != null) {
            out.add(new SearchValue.Number(parameter, value, value, value));
        } else if (node.valueOrNull() instanceof JsonObject object
                && node.typeName().equals("Range")) {
            BigDecimal low = bound(object, "low");
            BigDecimal high = bound(object, "high");
            if (low != null || high != null) {
                out.add(
                        new SearchValue.Number(
                                parameter,
                                low == null ? DecimalRange.UNBOUNDED.negate() : low,
                                low == null ? high : low,
                                high == null ? DecimalRange.UNBOUNDED : high));
            }
        }
    }

    private static BigDecimal bound(JsonObject range, String name) {
        return range.get(name) instanceof JsonObject bound ? decimal(bound, "value") : null;
    }

    private static void quantity(String parameter, PathNode node, Collection<SearchValue> out) {
        if (!(node.valueOrNull() instanceof JsonObject object)) {
            return;
        }
        switch (node.typeName()) {
            case "Quantity",
                    "Age",
                    "Count",
                    "Distance",
                    "Duration",
                    "SimpleQuantity",
                    "MoneyQuantity" -> {
                BigDecimal value = decimal(object, "value");
                if (value != null) {
                    quantity(
                            parameter,
                            compared(value, string(object, "comparator")),
                            value,
                            object,
                            out);
                }
            }
            case "Money" -> {
                BigDecimal value = decimal(object, "value");
                if (value != null) {
                    String currency = string(object, "currency");
                    add(
                            parameter,
                            DecimalRange.exactly(value),
                            value,
                            currency.isEmpty() ? "" : CURRENCIES,
                            currency,
                            out);
                }
            }
            case "Range" -> {
                JsonObject unit =
                        object.object("low").or(() -> object.object("high")).orElse(object);
                range(parameter, bound(object, "low"), bound(object, "high"), unit, out);
            }
            case "SampledData" ->
                    range(
                            parameter,
                            decimal(object, "lowerLimit"),
                            decimal(object, "upperLimit"),
                            object.object("origin").orElse(object),
                            out);
            default -> {
                // No other type is a quantity.
            }
        }
    }

    private static DecimalRange compared(BigDecimal value, String comparator) {
        return switch (comparator) {
            case "<", "<=" -> new DecimalRange(DecimalRange.UNBOUNDED.negate(), value);
            case ">", ">=" -> new DecimalRange(value, DecimalRange.UNBOUNDED);
            default -> DecimalRange.exactly(value);
        };
    }

    private static void range(
            String parameter,
            BigDecimal low,
            BigDecimal high,
            JsonObject unit,
            Collection<SearchValue> out) {
        if (low != null || high != null) {
            var range =
                    new DecimalRange(
                            low == null ? DecimalRange.UNBOUNDED.negate() : low,
                            high == null ? DecimalRange.UNBOUNDED : high);
            quantity(parameter, range, low == null ? high : low, unit, out);
        }
    }

    /** Once by its code and, since people search by what they see, once by its unit. */
    private static void quantity(
            String parameter,
            DecimalRange range,
            BigDecimal value,
            JsonObject quantity,
            Collection<SearchValue> out) {
        String code = string(quantity, "code");
        String unit = string(quantity, "unit");
        if (code.isEmpty()) {
            add(parameter, range, value, string(quantity, "system"), unit, out);
            return;
        }
        add(parameter, range, value, string(quantity, "system"), code, out);
        if (!unit.isEmpty() && !unit.equals(code)) {
            add(parameter, range, value, "", unit, out);
        }
    }

    private static void add(
            String parameter,
            DecimalRange range,
            BigDecimal value,
            String system,
            String code,
            Collection<SearchValue> out) {
        Optional<CanonicalUnit> unit =
                system.equals(Ucum.SYSTEM) ? Ucum.canonical(code) : Optional.empty();
        DecimalRange canonical = unit.map(range::in).orElse(range);
        out.add(
                new SearchValue.Quantity(
                        parameter,
                        range.low(),
                        value,
                        range.high(),
                        system,
                        code,
                        unit.map(CanonicalUnit::code).orElse(""),
                        canonical.low(),
                        canonical.high()));
    }

    /** The number that a primitive is, null for everything else. */
    private static BigDecimal number(PathNode node) {
        return switch (node.valueOrNull()) {
            case JsonNumber number -> number.decimal();
            // JSON has no whole numbers of 64 bits that every reader keeps.
            case JsonString text when node.typeName().equals("integer64") -> whole(text.value());
            case null, default -> null;
        };
    }

    private static BigDecimal whole(String text) {
        try {
            return BigDecimal.valueOf(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static void uri(String parameter, PathNode node, Collection<SearchValue> out) {
        String text = node.textOrNull();
        if (text == null || text.isEmpty()) {
            return;
        }
        out.add(new SearchValue.Uri(parameter, text));
        int version = node.typeName().equals("canonical") ? text.indexOf('|') : -1;
        if (version > 0) {
            out.add(new SearchValue.Uri(parameter, text.substring(0, version)));
        }
    }

    private static void position(String parameter, PathNode node, Collection<SearchValue> out) {
        if (node.valueOrNull() instanceof JsonObject object) {
            BigDecimal latitude = decimal(object, "latitude");
            BigDecimal longitude = decimal(object, "longitude");
            if (latitude != null && longitude != null) {
                out.add(
                        new SearchValue.Position(
                                parameter, latitude.doubleValue(), longitude.doubleValue()));
            }
        }
    }

    private static BigDecimal decimal(JsonObject object, String name) {
        return object.get(name) instanceof JsonNumber number ? number.decimal() : null;
    }

    private static String string(JsonObject object, String name) {
        return object.get(name) instanceof JsonString string ? string.value() : "";
    }
}
