package dev.andiron.spi.blob;

/**
 * The bytes of a range of a blob, pulled. Used by one thread at a time, closed by whoever asked for
 * it, early if it likes.
 */
public interface BlobReader extends AutoCloseable {

    /**
     * Reads the next bytes.
     *
     * @param length how many at most, from 1
     * @return how many were read, at least 1; -1 at the end of the range
     * @throws dev.andiron.spi.StorageException.Corrupt if the blob lacks bytes of the range, for
     *     one because it was deleted meanwhile
     */
    int read(byte[] buffer, int offset, int length);

    @Override
    void close();
}
