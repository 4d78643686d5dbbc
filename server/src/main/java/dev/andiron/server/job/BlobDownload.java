package dev.andiron.server.job;

import dev.andiron.server.interaction.Download;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobReader;

import java.io.IOException;
import java.io.OutputStream;

/** An output file of a job on its way to a client. */
final class BlobDownload implements Download {
    private static final int BUFFER = 64 << 10;

    private final String mediaType;
    private final BlobReader reader;

    /** Takes over the reader. */
    BlobDownload(String mediaType, BlobReader reader) {
        this.mediaType = mediaType;
        this.reader = reader;
    }

    @Override
    public String mediaType() {
        return mediaType;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        var buffer = new byte[BUFFER];
        try {
            for (int read = reader.read(buffer, 0, BUFFER);
                    read >= 0;
                    read = reader.read(buffer, 0, BUFFER)) {
                out.write(buffer, 0, read);
            }
        } catch (StorageException e) {
            throw new IOException("the file ends early: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
