package dev.andiron.fhir.json;

import java.nio.charset.StandardCharsets;

/** Writes JSON values as UTF-8. What was read from a source is copied from there. */
public final class JsonWriter {
    private static final int FIRST_CAPACITY = 2048;
    private static final String HEX = "0123456789abcdef";

    private final JsonBytes out = new JsonBytes(FIRST_CAPACITY);
    private final boolean pretty;

    private JsonWriter(boolean pretty) {
        this.pretty = pretty;
    }

    /** Without any white space. */
    public static byte[] compact(JsonValue value) {
        var writer = new JsonWriter(false);
        writer.write(value, 0);
        return writer.out.toArray();
    }

    /** With line breaks and two spaces of indentation a level. */
    public static byte[] pretty(JsonValue value) {
        var writer = new JsonWriter(true);
        writer.write(value, 0);
        writer.out.write('\n');
        return writer.out.toArray();
    }

    static String text(JsonValue value) {
        return new String(compact(value), StandardCharsets.UTF_8);
    }

    private void write(JsonValue value, int depth) {
        switch (value) {
            case JsonObject object -> writeObject(object, depth);
            case JsonArray array -> writeArray(array, depth);
            case JsonString string -> writeString(string);
            case JsonNumber number -> out.ascii(number.text());
            case JsonBoolean bool -> out.ascii(bool.value() ? "true" : "false");
            case JsonNull nothing -> out.ascii("null");
        }
    }

    private void writeObject(JsonObject object, int depth) {
        out.write('{');
        for (int i = 0; i < object.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            newLine(depth + 1);
            writeText(object.name(i));
            out.write(':');
            if (pretty) {
                out.write(' ');
            }
            write(object.value(i), depth + 1);
        }
        if (!object.isEmpty()) {
            newLine(depth);
        }
        out.write('}');
    }

    private void writeArray(JsonArray array, int depth) {
        out.write('[');
        for (int i = 0; i < array.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            newLine(depth + 1);
            write(array.get(i), depth + 1);
        }
        if (!array.isEmpty()) {
            newLine(depth);
        }
        out.write(']');
    }

    private void newLine(int depth) {
        if (pretty) {
            out.write('\n');
            for (int i = 0; i < depth; i++) {
                out.ascii("  ");
            }
        }
    }

    private void writeString(JsonString string) {
        if (string.isSlice()) {
            string.copyTo(out);
        } else {
            writeText(string.value());
        }
    }

    private void writeText(String text) {
        out.write('"');
        if (isPlain(text)) {
            out.ascii(text);
        } else {
            writeEscaped(text);
        }
        out.write('"');
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    private void writeEscaped(String text) {
        int plainFrom = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean lone = Character.isSurrogate(c) && !isPaired(text, i);
            if (c >= ' ' && c != '"' && c != '\\' && !lone) {
                continue;
            }
            out.utf8(text.substring(plainFrom, i));
            plainFrom = i + 1;
            switch (c) {
                case '"' -> out.ascii("\\\"");
                case '\\' -> out.ascii("\\\\");
                case '\n' -> out.ascii("\\n");
                case '\r' -> out.ascii("\\r");
                case '\t' -> out.ascii("\\t");
                default -> {
                    out.ascii("\\u");
                    for (int shift = 12; shift >= 0; shift -= 4) {
                        out.write(HEX.charAt((c >> shift) & 0xf));
                    }
                }
            }
        }
        out.utf8(text.substring(plainFrom));
    }

    private static boolean isPaired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
