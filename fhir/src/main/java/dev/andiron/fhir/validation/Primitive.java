package dev.andiron.fhir.validation;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;

import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A primitive type: the JSON it is written as, and which texts are valid. */
enum Primitive {
    BASE64_BINARY("base64Binary", JsonString.class, "base64", Primitive::isBase64),
    BOOLEAN("boolean", JsonBoolean.class, "true or false", _ -> true),
    CANONICAL("canonical", JsonString.class, "a URI without white space", Primitive::isUri),
    CODE(
            "code",
            JsonString.class,
            "a code without white space around it or two in a row",
            Primitive::isCode),
    DATE("date", JsonString.class, "a day YYYY-MM-DD, YYYY-MM or YYYY", DateText::isDate),
    DATE_TIME(
            "dateTime",
            JsonString.class,
            "a date, or a date with time and zone as in 2024-02-29T13:28:17Z",
            DateText::isDateTime),
    DECIMAL("decimal", JsonNumber.class, "a number", _ -> true),
    ID("id", JsonString.class, "1 to 64 of A-Z, a-z, 0-9, '-' and '.'", Primitive::isId),
    INSTANT(
            "instant",
            JsonString.class,
            "a time with zone as in 2024-02-29T13:28:17.5Z",
            DateText::isInstant),
    INTEGER(
            "integer",
            JsonNumber.class,
            "a whole number of 32 bits",
            text -> isInteger(text, Integer.MIN_VALUE)),
    INTEGER_64(
            "integer64",
            JsonString.class,
            "a whole number of 64 bits, as a string",
            Primitive::isInteger64),
    MARKDOWN("markdown", JsonString.class, "text without control characters", Primitive::isText),
    OID("oid", JsonString.class, "an OID as in urn:oid:1.2.3", Primitive::isOid),
    POSITIVE_INT(
            "positiveInt",
            JsonNumber.class,
            "a whole number from 1 to 2147483647",
            text -> isInteger(text, 1)),
    STRING("string", JsonString.class, "text without control characters", Primitive::isText),
    TIME("time", JsonString.class, "a time hh:mm:ss", DateText::isTime),
    UNSIGNED_INT(
            "unsignedInt",
            JsonNumber.class,
            "a whole number from 0 to 2147483647",
            text -> isInteger(text, 0)),
    URI("uri", JsonString.class, "a URI without white space", Primitive::isUri),
    URL("url", JsonString.class, "a URL without white space", Primitive::isUri),
    UUID("uuid", JsonString.class, "a lower-case UUID as urn:uuid:...", Primitive::isUuid),
    XHTML("xhtml", JsonString.class, "well-formed XHTML in one div", Xhtml::isWellFormed);

    /** The most characters of a text. */
    static final int MAX_LENGTH = 1024 * 1024;

    private static final Pattern OID_PATTERN =
            Pattern.compile("urn:oid:[0-2](\\.(0|[1-9][0-9]*))+");
    private static final Pattern UUID_PATTERN =
            Pattern.compile(
                    "urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Map<String, Primitive> BY_NAME =
            Stream.of(values())
                    .collect(
                            Collectors.toMap(primitive -> primitive.typeName, Function.identity()));

    private final String typeName;
    private final Class<? extends JsonValue> json;
    private final String expected;
    private final Predicate<String> isValid;

    Primitive(
            String typeName,
            Class<? extends JsonValue> json,
            String expected,
            Predicate<String> isValid) {
        this.typeName = typeName;
        this.json = json;
        this.expected = expected;
        this.isValid = isValid;
    }

    static Primitive of(String typeName) {
        Primitive primitive = BY_NAME.get(typeName);
        if (primitive == null) {
            throw new IllegalStateException("no checks for the primitive " + typeName);
        }
        return primitive;
    }

    String typeName() {
        return typeName;
    }

    /** What a valid value is, in words. */
    String expected() {
        return expected;
    }

    boolean isWrittenAs(JsonValue value) {
        return json.isInstance(value);
    }

    /** The kind of JSON value it is written as, in words. */
    String jsonName() {
        if (json == JsonString.class) {
            return "string";
        }
        return json == JsonNumber.class ? "number" : "boolean";
    }

    /** Whether the text of a string or number is valid. */
    boolean isValid(String text) {
        return isValid.test(text);
    }

    private static boolean isText(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\t' && c != '\n' && c != '\r') {
                return false;
            }
            if (Character.isSurrogate(c) && !isPair(text, i++)) {
                return false;
            }
        }
        return length > 0 && length <= MAX_LENGTH;
    }

    private static boolean isUri(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || Character.isSurrogate(c) && !isPair(text, i++)) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= MAX_LENGTH;
    }

    private static boolean isCode(String text) {
        boolean wasSpace = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ') {
                if (wasSpace || c != ' ' && c != '\t' && c != '\n' && c != '\r') {
                    return false;
                }
                wasSpace = true;
            } else if (Character.isSurrogate(c) && !isPair(text, i++)) {
                return false;
            } else {
                wasSpace = false;
            }
        }
        return !wasSpace && text.length() <= MAX_LENGTH;
    }

    /** Half a pair is no character, and UTF-8 has no bytes for it. */
    private static boolean isPair(String text, int index) {
        return index + 1 < text.length()
                && Character.isSurrogatePair(text.charAt(index), text.charAt(index + 1));
    }

    static boolean isId(String text) {
        return isId(text, 0, text.length());
    }

    static boolean isId(String text, int start, int end) {
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            boolean isAllowed =
                    c >= 'a' && c <= 'z'
                            || c >= '0' && c <= '9'
                            || c >= 'A' && c <= 'Z'
                            || c == '-'
                            || c == '.';
            if (!isAllowed) {
                return false;
            }
        }
        return end > start && end - start <= 64;
    }

    private static boolean isOid(String text) {
        return OID_PATTERN.matcher(text).matches();
    }

    private static boolean isUuid(String text) {
        return UUID_PATTERN.matcher(text).matches();
    }

    /** Groups of four, the last one padded; white space may stand anywhere. */
    private static boolean isBase64(String text) {
        int count = 0;
        int padding = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
                continue;
            }
            boolean isDigit =
                    c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c >= '0' && c <= '9'
                            || c == '+'
                            || c == '/';
            if (c == '=') {
                padding++;
            } else if (!isDigit || padding > 0) {
                return false;
            }
            count++;
        }
        return count > 0 && count % 4 == 0 && padding <= 2;
    }

    private static boolean isInteger(String text, int min) {
        if (text.length() > "-2147483648".length() || text.equals("-0")) {
            return false;
        }
        boolean isNegative = text.charAt(0) == '-';
        long value = 0;
        for (int i = isNegative ? 1 : 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return false; // a fraction or an exponent
            }
            value = value * 10 + c - '0';
        }
        value = isNegative ? -value : value;
        return value >= min && value <= Integer.MAX_VALUE;
    }

    private static boolean isInteger64(String text) {
        try {
            return Long.toString(Long.parseLong(text)).equals(text);
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
