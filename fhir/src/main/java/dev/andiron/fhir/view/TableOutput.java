package dev.andiron.fhir.view;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A buffer of UTF-8 text before a stream. */
final class TableOutput {
    private static final int CAPACITY = 16_384;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream out;
    private final byte[] buffer = new byte[CAPACITY];
    private int length;
    private long given;

    TableOutput(OutputStream out) {
        this.out = out;
    }

    void ascii(char character) throws IOException {
        if (length == CAPACITY) {
            drain();
        }
        buffer[length++] = (byte) character;
    }

    void ascii(String text) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            ascii(text.charAt(i));
        }
    }

    void bytes(byte[] bytes) throws IOException {
        if (bytes.length > CAPACITY - length) {
            drain();
            if (bytes.length > CAPACITY) {
                out.write(bytes);
                given += bytes.length;
                return;
            }
        }
        System.arraycopy(bytes, 0, buffer, length, bytes.length);
        length += bytes.length;
    }

    void text(String text) throws IOException {
        bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A text in JSON's quotes. */
    void quoted(String text) throws IOException {
        ascii('"');
        int plain = 0;
        int size = text.length();
        for (int i = 0; i < size; i++) {
            char c = text.charAt(i);
            boolean lonely = Character.isSurrogate(c) && !isPaired(text, i);
            if (c >= ' ' && c != '"' && c != '\\' && !lonely) {
                continue;
            }
            plain(text, plain, i);
            plain = i + 1;
            escape(c);
        }
        plain(text, plain, size);
        ascii('"');
    }

    private void plain(String text, int from, int to) throws IOException {
        if (from < to) {
            text(from == 0 && to == text.length() ? text : text.substring(from, to));
        }
    }

    private static boolean isPaired(String text, int i) {
        char c = text.charAt(i);
        return Character.isHighSurrogate(c)
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }

    private void escape(char c) throws IOException {
        ascii('\\');
        switch (c) {
            case '"', '\\' -> ascii(c);
            case '\n' -> ascii('n');
            case '\r' -> ascii('r');
            case '\t' -> ascii('t');
            case '\b' -> ascii('b');
            case '\f' -> ascii('f');
            default -> {
                ascii('u');
                for (int shift = 12; shift >= 0; shift -= 4) {
                    ascii((char) HEX[c >> shift & 15]);
                }
            }
        }
    }

    void flush() throws IOException {
        drain();
        out.flush();
    }

    /** The bytes so far, those in the buffer included. */
    long size() {
        return given + length;
    }

    private void drain() throws IOException {
        out.write(buffer, 0, length);
        given += length;
        length = 0;
    }
}
