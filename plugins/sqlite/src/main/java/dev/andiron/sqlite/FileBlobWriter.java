package dev.andiron.sqlite;

import dev.andiron.spi.blob.BlobWriter;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Writes a file that appears as a blob when it is whole. */
final class FileBlobWriter implements BlobWriter {
    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final boolean durable;
    private final Appearance appearance;
    private final FileOutputStream out; // unlike a channel it survives an interrupted caller
    private final byte[] buffer = new byte[BUFFER];
    private int buffered;
    private boolean ended;

    /** Gives the file its name. */
    @FunctionalInterface
    interface Appearance {
        /** Whether the name was free. */
        boolean appear() throws IOException;
    }

    FileBlobWriter(Path file, boolean durable, Appearance appearance) throws IOException {
        this.file = file;
        this.durable = durable;
        this.appearance = appearance;
        out = new FileOutputStream(file.toFile());
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        requireOpen();
        try {
            if (length > buffer.length - buffered) {
                flush();
            }
            if (length > buffer.length) {
                out.write(bytes, offset, length);
            } else {
                System.arraycopy(bytes, offset, buffer, buffered, length);
                buffered += length;
            }
        } catch (IOException e) {
            throw FileBlobStore.failure(e);
        }
    }

    private void flush() throws IOException {
        out.write(buffer, 0, buffered);
        buffered = 0;
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("the blob is finished or closed");
        }
    }

    @Override
    public boolean finish() {
        requireOpen();
        ended = true;
        try {
            try (out) {
                flush();
                if (durable) {
                    out.getFD().sync();
                }
            }
            boolean first = appearance.appear();
            Files.deleteIfExists(file);
            return first;
        } catch (IOException e) {
            throw FileBlobStore.failure(e);
        }
    }

    @Override
    public void close() {
        ended = true;
        try (out) {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw FileBlobStore.failure(e);
        }
    }
}
