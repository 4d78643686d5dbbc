package dev.andiron.fhir.json;

import java.nio.charset.StandardCharsets;

/** A JSON string: a slice of its source, decoded when first asked for, or a text of our own. */
public final class JsonString implements JsonValue {
    private static final byte[] NONE = {};

    private final byte[] source;
    private final int start;
    private final int end;
    private String value;

    private JsonString(byte[] source, int start, int end, String value) {
        this.source = source;
        this.start = start;
        this.end = end;
        this.value = value;
    }

    public static JsonString of(String value) {
        return new JsonString(NONE, 0, 0, value);
    }

    /** A checked slice of JSON text, the quotes included. */
    static JsonString slice(byte[] source, int start, int end) {
        return new JsonString(source, start, end, null);
    }

    /** The decoded text. */
    public String value() {
        // Racing threads decode the same text, and String is safe to publish.
        String decoded = value;
        if (decoded == null) {
            decoded = decode();
            value = decoded;
        }
        return decoded;
    }

    /** Whether the text starts with some ASCII; cheaper than decoding it. */
    public boolean startsWith(String ascii) {
        int length = ascii.length();
        if (value != null || end - start - 2 < length) {
            return value().startsWith(ascii);
        }
        for (int i = 0; i < length; i++) {
            byte b = source[start + 1 + i];
            if (b == '\\') {
                return value().startsWith(ascii);
            }
            if (b != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The most characters that the text may have; cheaper than decoding it. */
    public int maximumLength() {
        return isSlice() ? end - start - 2 : value.length();
    }

    /**
     * Copies the text if it is ASCII that stands in the source as it is; cheaper than decoding it.
     *
     * @param at where to, with room for {@link #maximumLength()} behind it
     * @return how many characters were copied; -1 for a text with escapes or other characters
     */
    public int copyAscii(byte[] into, int at) {
        if (!isSlice()) {
            return -1;
        }
        int length = end - start - 2;
        byte all = 0;
        for (int i = 0; i < length; i++) {
            byte b = source[start + 1 + i];
            if (b == '\\') {
                return -1;
            }
            all |= b;
            into[at + i] = b;
        }
        return all < 0 ? -1 : length;
    }

    private String decode() {
        int from = start + 1;
        int to = end - 1;
        for (int i = from; i < to; i++) {
            if (source[i] == '\\') {
                return unescape(new String(source, from, to - from, StandardCharsets.UTF_8));
            }
        }
        return new String(source, from, to - from, StandardCharsets.UTF_8);
    }

    private static String unescape(String text) {
        var plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            char escape = text.charAt(++i);
            switch (escape) {
                case 'b' -> plain.append('\b');
                case 'f' -> plain.append('\f');
                case 'n' -> plain.append('\n');
                case 'r' -> plain.append('\r');
                case 't' -> plain.append('\t');
                case 'u' -> {
                    plain.append((char) Integer.parseInt(text, i + 1, i + 5, 16));
                    i += 4;
                }
                default -> plain.append(escape);
            }
        }
        return plain.toString();
    }

    /** Whether it stands in a source and can be copied from there. */
    boolean isSlice() {
        return end > 0;
    }

    void copyTo(JsonBytes out) {
        out.write(source, start, end - start);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JsonString string && value().equals(string.value());
    }

    @Override
    public int hashCode() {
        return value().hashCode();
    }

    @Override
    public String toString() {
        return value();
    }
}
