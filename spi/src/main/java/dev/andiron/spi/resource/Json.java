package dev.andiron.spi.resource;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * JSON text, such as a resource's, as UTF-8 bytes, immutable by agreement: whoever makes it gives
 * the array away, and whoever asks for {@link #bytes()} does not change it. Not copied, because
 * these bytes travel from the socket to the disk and back.
 */
public final class Json {
    private static final Json EMPTY = new Json(new byte[0]);

    private final byte[] bytes;

    private Json(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes over the array. */
    public static Json of(byte[] utf8) {
        return new Json(utf8);
    }

    public static Json of(String text) {
        return new Json(text.getBytes(StandardCharsets.UTF_8));
    }

    /** No content: what a deleted version holds. */
    public static Json empty() {
        return EMPTY;
    }

    /** The bytes themselves; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return bytes.length;
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Json json && Arrays.equals(bytes, json.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The text. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
