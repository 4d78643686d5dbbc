package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobReader;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Optional;

/** A range of a file. */
final class FileBlobReader implements BlobReader {
    private final RandomAccessFile file;
    private long rest;

    private FileBlobReader(RandomAccessFile file, long length) {
        this.file = file;
        rest = length;
    }

    /** Empty if the file has been deleted. */
    static Optional<BlobReader> open(Path path, long offset, long length) {
        try {
            var file = new RandomAccessFile(path.toFile(), "r");
            try {
                file.seek(offset);
                return Optional.of(new FileBlobReader(file, length));
            } catch (IOException e) {
                file.close();
                throw e;
            }
        } catch (FileNotFoundException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw FileBlobStore.failure(e);
        }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        if (rest == 0) {
            return -1;
        }
        try {
            int read = file.read(buffer, offset, (int) Math.min(length, rest));
            if (read < 0) {
                throw new StorageException.Corrupt("the file is shorter than it was", null);
            }
            rest -= read;
            return read;
        } catch (IOException e) {
            throw FileBlobStore.failure(e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw FileBlobStore.failure(e);
        }
    }
}
