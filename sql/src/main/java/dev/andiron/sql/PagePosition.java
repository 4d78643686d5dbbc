package dev.andiron.sql;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.Cursor;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The place of a resource in the order of a search: its sort keys and its number. What a {@link
 * Cursor} holds.
 *
 * @param keys each a {@link Long}, {@link Double}, {@link BigDecimal}, {@link String}, {@code
 *     byte[]} or null
 * @param resource the resource's number
 */
public record PagePosition(List<Object> keys, long resource) {
    private static final int FORMAT = 2;
    private static final int NONE = 0;
    private static final int NUMBER = 1;
    private static final int TEXT = 2;
    private static final int BYTES = 3;
    private static final int FRACTION = 4;
    private static final int DECIMAL = 5;

    public PagePosition {
        keys = Collections.unmodifiableList(new ArrayList<>(keys));
    }

    /** Whether it is among the resources without the first key. */
    boolean isKeyless() {
        return keys.getFirst() == null;
    }

    /** Writes it down. */
    public Cursor cursor() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeLong(resource);
            for (Object key : keys) {
                write(key, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Cursor.of(bytes.toByteArray());
    }

    private static void write(Object key, DataOutputStream out) throws IOException {
        switch (key) {
            case null -> out.writeByte(NONE);
            case Long number -> {
                out.writeByte(NUMBER);
                out.writeLong(number);
            }
            case Double number -> {
                out.writeByte(FRACTION);
                out.writeDouble(number);
            }
            case String text -> writeBytes(TEXT, text.getBytes(StandardCharsets.UTF_8), out);
            case byte[] data -> writeBytes(BYTES, data, out);
            case BigDecimal number ->
                    writeBytes(DECIMAL, number.toString().getBytes(StandardCharsets.US_ASCII), out);
            default -> throw new IllegalArgumentException("not a sort key: " + key.getClass());
        }
    }

    private static void writeBytes(int type, byte[] data, DataOutputStream out) throws IOException {
        out.writeByte(type);
        out.writeInt(data.length);
        out.write(data);
    }

    /**
     * Reads what {@link #cursor()} wrote.
     *
     * @param keyCount how many sort keys the search has
     * @throws StorageException.NotSupported if it is of another search or another format
     */
    static PagePosition of(Cursor cursor, int keyCount) {
        var bytes = new ByteArrayInputStream(cursor.bytes());
        try (var in = new DataInputStream(bytes)) {
            if (in.readByte() != FORMAT) {
                throw foreign();
            }
            long resource = in.readLong();
            var keys = new ArrayList<Object>(keyCount);
            for (int i = 0; i < keyCount; i++) {
                keys.add(read(in));
            }
            if (in.available() > 0) {
                throw foreign();
            }
            return new PagePosition(keys, resource);
        } catch (IOException _) {
            throw foreign();
        }
    }

    private static Object read(DataInputStream in) throws IOException {
        return switch (in.readByte()) {
            case NONE -> null;
            case NUMBER -> in.readLong();
            case FRACTION -> in.readDouble();
            case TEXT -> new String(readBytes(in), StandardCharsets.UTF_8);
            case BYTES -> readBytes(in);
            case DECIMAL -> decimal(new String(readBytes(in), StandardCharsets.US_ASCII));
            default -> throw foreign();
        };
    }

    private static BigDecimal decimal(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException _) {
            throw foreign();
        }
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw foreign();
        }
        return in.readNBytes(length);
    }

    private static StorageException.NotSupported foreign() {
        return new StorageException.NotSupported("the page link belongs to another search");
    }
}
