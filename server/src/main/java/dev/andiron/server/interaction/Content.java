package dev.andiron.server.interaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.spi.resource.Json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * JSON text in parts: a stored resource is one part, a bundle is made of many around stored bytes
 * that nothing copies. Immutable by agreement, as {@link Json} is.
 */
public final class Content {
    private final List<byte[]> parts;
    private final long length;
    private final boolean isKept;
    private final Optional<Entries> entries;
    private volatile byte[] gzipped;

    /**
     * A bundle by its entries, so that it can be written in another format one by one.
     *
     * @param head the bundle without its entries
     * @param all the entries, each in parts
     */
    public record Entries(byte[] head, List<List<byte[]>> all) {}

    private Content(List<byte[]> parts, boolean isKept) {
        this(parts, isKept, Optional.empty());
    }

    private Content(List<byte[]> parts, boolean isKept, Optional<Entries> entries) {
        this.entries = entries;
        this.parts = parts;
        this.isKept = isKept;
        long sum = 0;
        for (byte[] part : parts) {
            sum += part.length;
        }
        length = sum;
    }

    public static Content of(Json json) {
        return new Content(List.of(json.bytes()), false);
    }

    public static Content of(JsonObject object) {
        return new Content(List.of(JsonWriter.compact(object)), false);
    }

    /** Takes over the arrays. */
    public static Content of(List<byte[]> parts) {
        return new Content(List.copyOf(parts), false);
    }

    /** A bundle; takes over the arrays. */
    static Content of(Entries bundle) {
        byte[] head = bundle.head();
        var parts = new ArrayList<byte[]>();
        // All but the brace that ends it.
        parts.add(Arrays.copyOf(head, head.length - 1));
        String before = ",\"entry\":[";
        for (List<byte[]> entry : bundle.all()) {
            parts.add(before.getBytes(StandardCharsets.UTF_8));
            parts.addAll(entry);
            before = ",";
        }
        String end = bundle.all().isEmpty() ? "}" : "]}";
        parts.add(end.getBytes(StandardCharsets.UTF_8));
        return new Content(parts, false, Optional.of(bundle));
    }

    /** Its entries, if it is a bundle that is made of them. */
    public Optional<Entries> entries() {
        return entries;
    }

    /** A text that is kept and sent often: it is compressed once. */
    static Content kept(byte[] json) {
        return new Content(List.of(json), true);
    }

    /** All of it compressed. */
    public byte[] gzipped() throws IOException {
        byte[] known = gzipped;
        if (known != null) {
            return known;
        }
        var buffer = new ByteArrayOutputStream((int) Math.min(length / 4 + 256, 1 << 20));
        try (var gzip = new GZIPOutputStream(buffer, 8192)) {
            writeTo(gzip);
        }
        byte[] made = buffer.toByteArray();
        if (isKept) {
            gzipped = made;
        }
        return made;
    }

    /** The number of bytes. */
    public long length() {
        return length;
    }

    public void writeTo(OutputStream out) throws IOException {
        for (byte[] part : parts) {
            out.write(part);
        }
    }

    /** The whole text; not to be changed. */
    public byte[] bytes() {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        var all = new byte[Math.toIntExact(length)];
        int offset = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, offset, part.length);
            offset += part.length;
        }
        return all;
    }
}
