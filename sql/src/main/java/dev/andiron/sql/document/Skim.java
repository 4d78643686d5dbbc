package dev.andiron.sql.document;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * One pass over a document, which was checked when it was stored: keeps what a {@link Shape} wants
 * and steps over the rest. Used by one thread.
 */
final class Skim {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';

    private final byte[] document;
    private int at;

    /** Whether the last string had an escape. */
    private boolean escaped;

    private Skim(byte[] document) {
        this.document = document;
    }

    static Part of(byte[] document, Shape shape) throws IrregularException {
        var skim = new Skim(document);
        skim.space();
        return skim.value(shape);
    }

    private Part value(Shape shape) throws IrregularException {
        var part = new Part(document, at);
        switch (document[at]) {
            case '"' -> {
                string();
                part.escaped = escaped;
            }
            case '{' -> {
                if (shape.size() == 0) {
                    nested();
                } else {
                    object(part, shape);
                }
            }
            case '[' -> array(part, shape);
            default -> word();
        }
        part.to = at;
        return part;
    }

    private void object(Part part, Shape shape) throws IrregularException {
        part.members = new Part[shape.size()];
        at++;
        space();
        while (document[at] == '"') {
            int name = at + 1;
            string();
            if (escaped) {
                throw IrregularException.INSTANCE;
            }
            int slot = shape.slot(document, name, at - 1);
            space();
            at++;
            space();
            if (slot < 0) {
                skip();
            } else {
                part.members[slot] = value(shape.below(slot));
            }
            next();
        }
        at++;
    }

    private void array(Part part, Shape shape) throws IrregularException {
        at++;
        space();
        while (document[at] != ']') {
            part.add(value(shape));
            next();
        }
        at++;
    }

    /** To the next member or element, or to the end of them. */
    private void next() {
        space();
        if (document[at] == ',') {
            at++;
            space();
        }
    }

    private void skip() {
        switch (document[at]) {
            case '"' -> string();
            case '{', '[' -> nested();
            default -> word();
        }
    }

    private void space() {
        int i = at;
        byte b = document[i];
        while (b == ' ' || b == '\n' || b == '\r' || b == '\t') {
            b = document[++i];
        }
        at = i;
    }

    private void word() {
        int i = at;
        byte b = document[i];
        while (b > ' ' && b != ',' && b != '}' && b != ']') {
            b = document[++i];
        }
        at = i;
    }

    private void nested() {
        int depth = 0;
        do {
            switch (document[at]) {
                case '{', '[' -> {
                    depth++;
                    at++;
                }
                case '}', ']' -> {
                    depth--;
                    at++;
                }
                case '"' -> string();
                default -> at++;
            }
        } while (depth > 0);
    }

    /** Steps behind a string, eight bytes at a time while there is neither quote nor escape. */
    private void string() {
        escaped = false;
        int i = at + 1;
        int last = document.length - Long.BYTES;
        while (true) {
            while (i <= last) {
                long word = (long) LONGS.get(document, i);
                long found = zeros(word ^ QUOTES) | zeros(word ^ BACKSLASHES);
                if (found != 0) {
                    i += Long.numberOfTrailingZeros(found) >>> 3;
                    break;
                }
                i += Long.BYTES;
            }
            byte b = document[i];
            if (b == '"') {
                at = i + 1;
                return;
            }
            if (b == '\\') {
                escaped = true;
                i++;
            }
            i++;
        }
    }

    /** Marks the bytes that are zero, up to the first one for certain. */
    private static long zeros(long word) {
        return word - ONES & ~word & HIGHS;
    }
}
