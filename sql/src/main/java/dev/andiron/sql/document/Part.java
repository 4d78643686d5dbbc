package dev.andiron.sql.document;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A value in the bytes of a document, with what a {@link Shape} wants of it. */
final class Part {
    private static final Part[] NONE = {};

    final byte[] document;
    final int from;
    int to;

    /** Of a text: whether it has escapes. */
    boolean escaped;

    /** Of an object: the wanted members by their slots, null where there is none. */
    Part[] members = NONE;

    /** Of an array. */
    Part[] elements = NONE;

    int count;

    Part(byte[] document, int from) {
        this.document = document;
        this.from = from;
    }

    void add(Part element) {
        if (count == elements.length) {
            elements = Arrays.copyOf(elements, Math.max(4, count * 2));
        }
        elements[count++] = element;
    }

    /** What it begins with. */
    byte first() {
        return document[from];
    }

    /** The wanted member in a slot of an object; null if there is none. */
    Part member(int slot) throws IrregularException {
        if (first() != '{') {
            throw IrregularException.INSTANCE;
        }
        return slot < members.length ? members[slot] : null;
    }

    /** The characters of a number, a truth or a null. */
    String raw() {
        return new String(document, from, to - from, StandardCharsets.ISO_8859_1);
    }

    boolean isText() {
        return first() == '"';
    }

    /** What a JSON string means. */
    String text() throws IrregularException {
        if (!isText()) {
            throw IrregularException.INSTANCE;
        }
        var text = new String(document, from + 1, to - from - 2, StandardCharsets.UTF_8);
        return escaped ? unescaped(text) : text;
    }

    /** Whether it is a JSON string that means a text; false also where it has escapes. */
    boolean isPlainly(byte[] text) {
        return isText()
                && to - from - 2 == text.length
                && Arrays.equals(document, from + 1, to - 1, text, 0, text.length);
    }

    private static String unescaped(String text) throws IrregularException {
        var plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            i++;
            switch (text.charAt(i)) {
                case 'n' -> plain.append('\n');
                case 'r' -> plain.append('\r');
                case 't' -> plain.append('\t');
                case 'b' -> plain.append('\b');
                case 'f' -> plain.append('\f');
                case 'u' -> {
                    char escape = (char) Integer.parseInt(text, i + 1, i + 5, 16);
                    if (Character.isSurrogate(escape) || escape == 0) {
                        throw IrregularException.INSTANCE;
                    }
                    plain.append(escape);
                    i += 4;
                }
                default -> plain.append(text.charAt(i));
            }
        }
        return plain.toString();
    }

    /** Its JSON without the white space around tokens. */
    byte[] compact() {
        var kept = new byte[to - from];
        int length = 0;
        boolean quoted = false;
        for (int i = from; i < to; i++) {
            byte b = document[i];
            if (!quoted && b <= ' ' && b >= 0) {
                continue;
            }
            kept[length++] = b;
            if (b == '"') {
                quoted = !quoted;
            } else if (b == '\\') {
                kept[length++] = document[++i];
            }
        }
        return length == kept.length ? kept : Arrays.copyOf(kept, length);
    }
}
