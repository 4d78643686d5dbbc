package dev.andiron.server.interaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.spi.resource.Json;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * JSON text in parts: a stored resource is one part, a bundle is made of many around stored bytes
 * that nothing copies. Immutable by agreement, as {@link Json} is.
 */
public final class Content {
    private final List<byte[]> parts;
    private final long length;

    private Content(List<byte[]> parts) {
        this.parts = parts;
        long sum = 0;
        for (byte[] part : parts) {
            sum += part.length;
        }
        length = sum;
    }

    public static Content of(Json json) {
        return new Content(List.of(json.bytes()));
    }

    public static Content of(JsonObject object) {
        return new Content(List.of(JsonWriter.compact(object)));
    }

    /** Takes over the arrays. */
    public static Content of(List<byte[]> parts) {
        return new Content(List.copyOf(parts));
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
