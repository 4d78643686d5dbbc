package dev.andiron.server.bulkimport;

import dev.andiron.server.interaction.Download;

import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalLong;

/**
 * JSON that is no resource.
 *
 * @param bytes the text
 */
record JsonDocument(byte[] bytes) implements Download {
    @Override
    public String mediaType() {
        return "application/json";
    }

    @Override
    public OptionalLong length() {
        return OptionalLong.of(bytes.length);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
    }

    @Override
    public void close() {
        // nothing is open
    }
}
