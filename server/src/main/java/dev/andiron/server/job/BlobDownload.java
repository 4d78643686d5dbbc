package dev.andiron.server.job;

import dev.andiron.server.interaction.Download;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobReader;

import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalLong;

/** An output file of a job on its way to a client. */
final class BlobDownload implements Download {
    private static final int BUFFER = 64 << 10;

    private final String mediaType;
    private final boolean compressed;
    private final long length;
    private final BlobReader reader;

    /**
     * Takes over the reader.
     *
     * @param compressed whether it is sent as it is
     * @param length how many bytes the reader has
     */
    BlobDownload(String mediaType, boolean compressed, long length, BlobReader reader) {
        this.mediaType = mediaType;
        this.compressed = compressed;
        this.length = length;
        this.reader = reader;
    }

    @Override
    public OptionalLong length() {
        return OptionalLong.of(length);
    }

    @Override
    public boolean isCompressed() {
        return compressed;
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
