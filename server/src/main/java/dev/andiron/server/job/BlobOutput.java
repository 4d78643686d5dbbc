package dev.andiron.server.job;

import dev.andiron.spi.blob.BlobWriter;

import java.io.OutputStream;

/**
 * An output file of a job as a stream. Closing it drops what was not finished. Used by one thread.
 */
public final class BlobOutput extends OutputStream {
    private final BlobWriter blob;

    /** Takes over the writer. */
    public BlobOutput(BlobWriter blob) {
        this.blob = blob;
    }

    @Override
    public void write(int oneByte) {
        write(new byte[] {(byte) oneByte}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        blob.write(bytes, offset, length);
    }

    /**
     * Makes the file visible.
     *
     * @return false if there is one of that name already, which stays as it is
     */
    public boolean finish() {
        return blob.finish();
    }

    @Override
    public void close() {
        blob.close();
    }
}
