package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobReader;

import java.util.Objects;

/** Reads a range of a file piece by piece, of which it holds one. */
final class S3BlobReader implements BlobReader {
    private static final int PIECE = 4 << 20;

    private final ObjectStore objects;
    private final String key;
    private final long end;
    private long next;
    private byte[] piece = new byte[0];
    private int read;

    S3BlobReader(ObjectStore objects, String key, long offset, long length) {
        this.objects = objects;
        this.key = key;
        next = offset;
        end = offset + length;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (read == piece.length) {
            if (next == end) {
                return -1;
            }
            int wanted = (int) Math.min(PIECE, end - next);
            piece =
                    objects.read(key, next, wanted)
                            .filter(bytes -> bytes.length == wanted)
                            .orElseThrow(
                                    () ->
                                            new StorageException.Corrupt(
                                                    "a file is not there any more", null));
            next += wanted;
            read = 0;
        }
        int some = Math.min(length, piece.length - read);
        System.arraycopy(piece, read, buffer, offset, some);
        read += some;
        return some;
    }

    @Override
    public void close() {
        next = end;
        read = piece.length;
    }
}
