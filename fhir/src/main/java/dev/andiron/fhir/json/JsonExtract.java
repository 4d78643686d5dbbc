package dev.andiron.fhir.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;

/**
 * Reads the wanted members of an object and steps over the others without looking into them, for
 * text that was checked when it was stored. Whatever it does not expect it leaves to {@link
 * JsonReader}.
 */
public final class JsonExtract {
    private final byte[] source;
    private int at;

    private JsonExtract(byte[] source) {
        this.source = source;
    }

    /** Thrown within, to leave the text to the thorough reader. */
    private static final class Unexpected extends RuntimeException {
        private static final long serialVersionUID = 1;
        private static final Unexpected HERE = new Unexpected();

        private Unexpected() {
            super(null, null, false, false);
        }
    }

    /**
     * Reads an object. Wanted members are complete where {@link JsonNames#all} says so or they are
     * no objects; other members may be missing.
     *
     * @throws JsonSyntaxException if the text is found not to be acceptable JSON
     */
    public static JsonObject read(byte[] utf8, JsonNames names) {
        try {
            var extract = new JsonExtract(utf8);
            extract.space();
            if (names.isWhole() || extract.peek() != '{') {
                return JsonReader.readObject(utf8);
            }
            return extract.object(names, 0);
        } catch (Unexpected | ArrayIndexOutOfBoundsException unexpected) {
            return JsonReader.readObject(utf8);
        }
    }

    private byte peek() {
        return source[at];
    }

    private void space() {
        while (source[at] <= ' ') {
            if (source[at] < 0) {
                throw Unexpected.HERE;
            }
            at++;
        }
    }

    private void expect(char character) {
        space();
        if (source[at] != character) {
            throw Unexpected.HERE;
        }
        at++;
    }

    private JsonObject object(JsonNames wanted, int depth) {
        if (depth > JsonReader.MAX_DEPTH) {
            throw Unexpected.HERE;
        }
        expect('{');
        space();
        var names = new String[wanted.size()];
        var values = new JsonValue[wanted.size()];
        int found = 0;
        if (peek() == '}') {
            at++;
            return JsonObject.empty();
        }
        while (true) {
            space();
            int start = at + 1;
            string();
            int end = at - 1;
            int index = wanted.indexOf(source, start, end);
            expect(':');
            space();
            if (index < 0) {
                checkPlain(start, end);
                skip();
            } else {
                if (found == names.length) {
                    throw Unexpected.HERE;
                }
                names[found] = wanted.name(index);
                values[found++] = value(wanted.below(index), depth + 1);
            }
            space();
            if (peek() == '}') {
                at++;
                break;
            }
            expect(',');
        }
        return found == names.length
                ? JsonObject.owning(names, values)
                : JsonObject.owning(Arrays.copyOf(names, found), Arrays.copyOf(values, found));
    }

    /** A name that is written with escapes may be a wanted one all the same. */
    private void checkPlain(int start, int end) {
        for (int i = start; i < end; i++) {
            if (source[i] == '\\') {
                throw Unexpected.HERE;
            }
        }
    }

    private JsonValue value(JsonNames wanted, int depth) {
        return switch (peek()) {
            case '{' -> wanted.isWhole() ? whole() : object(wanted, depth);
            case '[' -> array(wanted, depth);
            case '"' -> {
                int start = at;
                string();
                yield JsonString.slice(source, start, at);
            }
            default -> scalar();
        };
    }

    private JsonValue whole() {
        int start = at;
        skip();
        return JsonReader.read(Arrays.copyOfRange(source, start, at));
    }

    private JsonValue array(JsonNames wanted, int depth) {
        if (depth > JsonReader.MAX_DEPTH) {
            throw Unexpected.HERE;
        }
        expect('[');
        space();
        var values = new ArrayList<JsonValue>(4);
        if (peek() == ']') {
            at++;
            return JsonArray.of();
        }
        while (true) {
            space();
            values.add(value(wanted, depth + 1));
            space();
            if (peek() == ']') {
                at++;
                return JsonArray.of(values);
            }
            expect(',');
        }
    }

    private JsonValue scalar() {
        int start = at;
        skip();
        return switch (source[start]) {
            case 't' -> JsonBoolean.TRUE;
            case 'f' -> JsonBoolean.FALSE;
            case 'n' -> JsonNull.NULL;
            default -> {
                if (at - start > JsonReader.MAX_NUMBER_LENGTH) {
                    throw Unexpected.HERE;
                }
                yield new JsonNumber(
                        new String(source, start, at - start, StandardCharsets.ISO_8859_1));
            }
        };
    }

    /** Steps behind a string; the position is at its first quote. */
    private void string() {
        if (source[at] != '"') {
            throw Unexpected.HERE;
        }
        int i = at + 1;
        byte b = source[i];
        while (b != '"') {
            i += b == '\\' ? 2 : 1;
            b = source[i];
        }
        at = i + 1;
    }

    /** Steps behind a value. */
    private void skip() {
        int depth = 0;
        do {
            switch (source[at]) {
                case '"' -> string();
                case '{', '[' -> {
                    depth++;
                    at++;
                }
                case '}', ']' -> {
                    depth--;
                    at++;
                }
                default -> {
                    at++;
                    if (depth == 0) {
                        word();
                    }
                }
            }
        } while (depth > 0);
    }

    /** Steps behind the rest of a number, {@code true}, {@code false} or {@code null}. */
    private void word() {
        while (source[at] != ',' && source[at] != '}' && source[at] != ']' && source[at] > ' ') {
            at++;
        }
    }
}
