package dev.andiron.server.job;

import dev.andiron.server.interaction.Download;

import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalLong;

/**
 * A JSON text that is no resource.
 *
 * @param json not to be changed
 */
public record JsonDownload(byte[] json) implements Download {

    @Override
    public String mediaType() {
        return "application/json";
    }

    @Override
    public OptionalLong length() {
        return OptionalLong.of(json.length);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(json);
    }

    @Override
    public void close() {}
}
