package dev.andiron.fhir.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads UTF-8 JSON into a tree. Refuses what JSON or good sense forbids: duplicate members, invalid
 * UTF-8, nesting deeper than {@value #MAX_DEPTH}, numbers longer than {@value #MAX_NUMBER_LENGTH}
 * characters or with exponents beyond {@value #MAX_EXPONENT}, text behind the value.
 */
public final class JsonReader {
    /** The deepest nesting of objects and arrays. */
    public static final int MAX_DEPTH = 100;

    /** The most characters of a number. */
    public static final int MAX_NUMBER_LENGTH = 100;

    /** The largest exponent of a number, either way. */
    public static final int MAX_EXPONENT = 400;

    private static final int MAX_NAME_LENGTH = 1000;
    private static final int FEW = 16;

    /** Eight bytes are looked at together: this is done with every byte that comes in. */
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private static final JsonFactory FACTORY =
            new JsonFactoryBuilder()
                    .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxNumberLength(MAX_NUMBER_LENGTH)
                                    .maxNameLength(MAX_NAME_LENGTH)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    /**
     * The names that were met first, interned. Not all of them: chosen names whose hashes collide
     * would make interning quadratic, and the table of all interned strings is everybody's.
     */
    private static final ConcurrentHashMap<String, String> INTERNED = new ConcurrentHashMap<>();

    private static final int MAX_INTERNED = 8192;

    private final byte[] source;
    private final JsonParser parser;

    // Members of the objects and arrays that are open, innermost last.
    private String[] names = new String[64];
    private JsonValue[] values = new JsonValue[64];
    private int open;

    private JsonReader(byte[] source, JsonParser parser) {
        this.source = source;
        this.parser = parser;
    }

    /**
     * Reads a value, whose slices go on using the array.
     *
     * @throws JsonSyntaxException if it is not acceptable JSON
     */
    public static JsonValue read(byte[] utf8) {
        byte[] source = withoutByteOrderMark(utf8);
        checkUtf8(source);
        try (JsonParser parser = FACTORY.createParser(source)) {
            var reader = new JsonReader(source, parser);
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw reader.refusal("there is no JSON value");
            }
            JsonValue value = reader.value(first);
            if (parser.nextToken() != null) {
                throw reader.refusal("there is more text behind the JSON value");
            }
            return value;
        } catch (JsonProcessingException e) {
            JsonLocation location = e.getLocation();
            throw new JsonSyntaxException(
                    sentence(e.getOriginalMessage()),
                    location == null ? 0 : location.getLineNr(),
                    location == null ? 0 : location.getColumnNr());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot happen while reading an array", e);
        }
    }

    /** Jackson's message without the names of its switches. */
    private static String sentence(String message) {
        return message.replaceAll(", from `[^`]*`", "")
                .replaceAll(": enable `[^`]*` to allow", "")
                .replaceAll(" \\(not recognized as one since [^)]*\\)", "")
                .replaceAll("\\[Source: [^;]*; (line: \\d+, column: \\d+)]", "$1");
    }

    /**
     * Reads an object.
     *
     * @throws JsonSyntaxException if it is not acceptable JSON, or not an object
     */
    public static JsonObject readObject(byte[] utf8) {
        if (read(utf8) instanceof JsonObject object) {
            return object;
        }
        throw new JsonSyntaxException("a JSON object is expected", 1, 1);
    }

    private JsonValue value(JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> {
                int start = (int) parser.currentTokenLocation().getByteOffset();
                parser.finishToken();
                int end = (int) parser.currentLocation().getByteOffset();
                yield JsonString.slice(source, start, end);
            }
            case VALUE_NUMBER_INT -> new JsonNumber(parser.getText());
            case VALUE_NUMBER_FLOAT -> number(parser.getText());
            case VALUE_TRUE -> JsonBoolean.TRUE;
            case VALUE_FALSE -> JsonBoolean.FALSE;
            case VALUE_NULL -> JsonNull.NULL;
            default -> throw refusal("unexpected " + token);
        };
    }

    private JsonObject object() throws IOException {
        int from = open;
        boolean allKnown = true;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonValue value = value(parser.nextToken());
            if (open == names.length) {
                names = Arrays.copyOf(names, open * 2);
                values = Arrays.copyOf(values, open * 2);
            }
            String known = interned(name);
            allKnown &= known != null;
            names[open] = known == null ? name : known;
            values[open++] = value;
        }
        checkDistinct(from, allKnown);
        JsonObject object =
                JsonObject.owning(
                        Arrays.copyOfRange(names, from, open),
                        Arrays.copyOfRange(values, from, open));
        open = from;
        return object;
    }

    private JsonArray array() throws IOException {
        int from = open;
        for (JsonToken token = parser.nextToken();
                token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            JsonValue value = value(token);
            if (open == names.length) {
                names = Arrays.copyOf(names, open * 2);
                values = Arrays.copyOf(values, open * 2);
            }
            values[open++] = value;
        }
        JsonArray array = JsonArray.owning(Arrays.copyOfRange(values, from, open));
        open = from;
        return array;
    }

    /** The one string of this name, null for one of those that have no such. */
    private static String interned(String name) {
        String known = INTERNED.get(name);
        if (known == null && INTERNED.size() < MAX_INTERNED) {
            known = name.intern();
            INTERNED.put(known, known);
        }
        return known;
    }

    /** Known names are distinct strings if they are distinct at all. */
    private void checkDistinct(int from, boolean allKnown) {
        if (open - from > FEW) {
            var seen = HashSet.<String>newHashSet(open - from);
            for (int i = from; i < open; i++) {
                if (!seen.add(names[i])) {
                    throw refusal("duplicate member '" + names[i] + "'");
                }
            }
            return;
        }
        for (int i = from + 1; i < open; i++) {
            for (int j = from; j < i; j++) {
                if (isSame(names[i], names[j]) || !allKnown && names[i].equals(names[j])) {
                    throw refusal("duplicate member '" + names[i] + "'");
                }
            }
        }
    }

    private static boolean isSame(Object left, Object right) {
        return left == right;
    }

    private JsonNumber number(String text) {
        int e = Math.max(text.indexOf('e'), text.indexOf('E'));
        if (e >= 0) {
            String exponent = text.substring(e + 1);
            if (exponent.length() > 5 || Math.abs(Integer.parseInt(exponent)) > MAX_EXPONENT) {
                throw refusal("the number " + text + " is out of range");
            }
        }
        return new JsonNumber(text);
    }

    private JsonSyntaxException refusal(String message) {
        JsonLocation location = parser.currentLocation();
        return new JsonSyntaxException(message, location.getLineNr(), location.getColumnNr());
    }

    private static byte[] withoutByteOrderMark(byte[] utf8) {
        boolean marked =
                utf8.length >= 3
                        && utf8[0] == (byte) 0xEF
                        && utf8[1] == (byte) 0xBB
                        && utf8[2] == (byte) 0xBF;
        return marked ? Arrays.copyOfRange(utf8, 3, utf8.length) : utf8;
    }

    /** Jackson lets some malformed sequences pass and guesses other encodings; we copy bytes. */
    private static void checkUtf8(byte[] source) {
        for (int i = 0; i < Math.min(4, source.length); i++) {
            if (source[i] == 0) {
                throw new JsonSyntaxException("the text is not UTF-8", 1, i + 1);
            }
        }
        int ascii = 0;
        while (ascii + Long.BYTES <= source.length
                && ((long) LONGS.get(source, ascii) & HIGH_BITS) == 0) {
            ascii += Long.BYTES;
        }
        while (ascii < source.length && source[ascii] >= 0) {
            ascii++;
        }
        if (ascii == source.length) {
            return;
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(source, ascii, source.length - ascii);
        CharBuffer chunk = CharBuffer.allocate(8192);
        try {
            CoderResult result;
            do {
                chunk.clear();
                result = decoder.decode(in, chunk, true);
            } while (result.isOverflow());
            if (result.isError()) {
                result.throwException();
            }
        } catch (CharacterCodingException e) {
            int line = 1;
            int column = 1;
            for (int i = 0; i < in.position(); i++) {
                line += source[i] == '\n' ? 1 : 0;
                column = source[i] == '\n' ? 1 : column + 1;
            }
            throw new JsonSyntaxException("the text is not UTF-8", line, column);
        }
    }
}
