package dev.andiron.fhir.patch;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNull;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;

import jakarta.json.spi.JsonProvider;

import org.eclipse.parsson.JsonProviderImpl;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Map;

/**
 * Converts between our tree and the patch library's. Strings and numbers are wrapped, not
 * converted, so that whatever a patch does not touch comes back as it was read.
 */
final class JakartaTree {
    static final JsonProvider PROVIDER = new JsonProviderImpl();

    private JakartaTree() {}

    static jakarta.json.JsonValue from(JsonValue value) {
        return switch (value) {
            case JsonObject object -> {
                var builder = PROVIDER.createObjectBuilder();
                for (int i = 0; i < object.size(); i++) {
                    builder.add(object.name(i), from(object.value(i)));
                }
                yield builder.build();
            }
            case JsonArray array -> {
                var builder = PROVIDER.createArrayBuilder();
                for (JsonValue element : array) {
                    builder.add(from(element));
                }
                yield builder.build();
            }
            case JsonString string -> new WrappedString(string);
            case JsonNumber number -> new WrappedNumber(number);
            case JsonBoolean bool ->
                    bool.value() ? jakarta.json.JsonValue.TRUE : jakarta.json.JsonValue.FALSE;
            case JsonNull nothing -> jakarta.json.JsonValue.NULL;
        };
    }

    static JsonValue to(jakarta.json.JsonValue value) {
        return switch (value.getValueType()) {
            case OBJECT -> {
                var builder = JsonObject.builder();
                for (Map.Entry<String, jakarta.json.JsonValue> member :
                        value.asJsonObject().entrySet()) {
                    builder.put(member.getKey(), to(member.getValue()));
                }
                yield builder.build();
            }
            case ARRAY -> {
                var elements = new ArrayList<JsonValue>();
                for (jakarta.json.JsonValue element : value.asJsonArray()) {
                    elements.add(to(element));
                }
                yield JsonArray.of(elements);
            }
            case STRING ->
                    value instanceof WrappedString wrapped
                            ? wrapped.string()
                            : JsonString.of(((jakarta.json.JsonString) value).getString());
            case NUMBER ->
                    value instanceof WrappedNumber wrapped
                            ? wrapped.number()
                            : JsonNumber.of(value.toString());
            case TRUE -> JsonBoolean.TRUE;
            case FALSE -> JsonBoolean.FALSE;
            case NULL -> JsonNull.NULL;
        };
    }

    private record WrappedString(JsonString string) implements jakarta.json.JsonString {
        @Override
        public String getString() {
            return string.value();
        }

        @Override
        public CharSequence getChars() {
            return string.value();
        }

        @Override
        public ValueType getValueType() {
            return ValueType.STRING;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof jakarta.json.JsonString that
                    && getString().equals(that.getString());
        }

        @Override
        public int hashCode() {
            return getString().hashCode();
        }
    }

    /** Equal to every number of the same value, as RFC 6902 section 4.6 asks of {@code test}. */
    private record WrappedNumber(JsonNumber number) implements jakarta.json.JsonNumber {
        @Override
        public boolean isIntegral() {
            return bigDecimalValue().stripTrailingZeros().scale() <= 0;
        }

        @Override
        public int intValue() {
            return bigDecimalValue().intValue();
        }

        @Override
        public int intValueExact() {
            return bigDecimalValue().intValueExact();
        }

        @Override
        public long longValue() {
            return bigDecimalValue().longValue();
        }

        @Override
        public long longValueExact() {
            return bigDecimalValue().longValueExact();
        }

        @Override
        public BigInteger bigIntegerValue() {
            return bigDecimalValue().toBigInteger();
        }

        @Override
        public BigInteger bigIntegerValueExact() {
            return bigDecimalValue().toBigIntegerExact();
        }

        @Override
        public double doubleValue() {
            return bigDecimalValue().doubleValue();
        }

        @Override
        public BigDecimal bigDecimalValue() {
            return number.decimal();
        }

        @Override
        public ValueType getValueType() {
            return ValueType.NUMBER;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof jakarta.json.JsonNumber that
                    && bigDecimalValue().compareTo(that.bigDecimalValue()) == 0;
        }

        @Override
        public int hashCode() {
            return bigDecimalValue().stripTrailingZeros().hashCode();
        }

        @Override
        public String toString() {
            return number.text();
        }
    }
}
