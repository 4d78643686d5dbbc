package dev.andiron.fhir.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A parameter that an SQL query declares.
 *
 * @param name its name behind a colon
 * @param type of which its values are
 * @param required whether there must be a value; without one it is NULL
 */
public record SqlParameter(String name, ValueType type, boolean required) {
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,19}");
    private static final Pattern DECIMAL =
            Pattern.compile("-?[0-9]{1,100}([.][0-9]{1,100})?([eE][+-]?[0-9]{1,3})?");
    private static final Pattern DATE = Pattern.compile("[0-9]{4}(-[0-9]{2}){0,2}");
    private static final Pattern DATE_TIME =
            Pattern.compile("[0-9]{4}(-[0-9]{2}){0,2}(T[0-9:.]+(Z|[+-][0-9:]+)?)?");
    private static final Pattern TIME =
            Pattern.compile("[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?");

    /**
     * Its value as a FHIR parameter gives it.
     *
     * @param given the type of the value, such as {@code String} in {@code valueString}
     * @throws FhirException 400 if it is of another type, or no value of it
     */
    public Value read(String given, JsonValue value, Definitions definitions) {
        String name = Character.toLowerCase(given.charAt(0)) + given.substring(1);
        boolean fits =
                ValueTypes.of(name, definitions)
                        .filter(other -> other.isPrimitive() && takes(other.kind()))
                        .isPresent();
        if (!fits) {
            throw new FhirException(
                    400,
                    "value",
                    "The parameter '%s' takes a value of type %s, not %s."
                            .formatted(this.name, type, name));
        }
        return read(
                switch (value) {
                    case JsonString text -> text.value();
                    case JsonNumber number -> number.text();
                    case JsonBoolean truth -> Boolean.toString(truth.value());
                    default -> throw refused(value.toString());
                });
    }

    private boolean takes(Kind given) {
        return given == type.kind()
                || type.kind() == Kind.DECIMAL && given == Kind.INTEGER
                || type.kind() == Kind.DATE_TIME && given == Kind.DATE;
    }

    /**
     * Its value as a URL gives it.
     *
     * @throws FhirException 400 if it is none of its type
     */
    public Value read(String text) {
        Optional<Value> read =
                switch (type.kind()) {
                    case BOOLEAN -> truth(text);
                    case INTEGER -> whole(text);
                    case DECIMAL -> decimal(text);
                    case STRING -> Optional.of(new Value.Text(text));
                    case DATE -> matching(text, DATE);
                    case DATE_TIME -> matching(text, DATE_TIME);
                    case TIME -> matching(text, TIME);
                    case COMPLEX -> throw new IllegalStateException("parameters are primitive");
                };
        return read.orElseThrow(() -> refused(text));
    }

    private FhirException refused(String text) {
        return new FhirException(
                400,
                "value",
                "The parameter '%s' takes a value of type %s, not '%s'."
                        .formatted(name, type, text));
    }

    private static Optional<Value> truth(String text) {
        return switch (text) {
            case "true" -> Optional.of(Value.Truth.TRUE);
            case "false" -> Optional.of(Value.Truth.FALSE);
            default -> Optional.empty();
        };
    }

    private static Optional<Value> whole(String text) {
        try {
            return WHOLE.matcher(text).matches()
                    ? Optional.of(new Value.Whole(Long.parseLong(text)))
                    : Optional.empty();
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static Optional<Value> decimal(String text) {
        return DECIMAL.matcher(text).matches()
                ? Optional.of(new Value.Decimal(new BigDecimal(text)))
                : Optional.empty();
    }

    private static Optional<Value> matching(String text, Pattern pattern) {
        return pattern.matcher(text).matches()
                ? Optional.of(new Value.Text(text))
                : Optional.empty();
    }
}
