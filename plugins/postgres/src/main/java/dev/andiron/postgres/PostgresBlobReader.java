package dev.andiron.postgres;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobReader;
import dev.andiron.spi.tenant.TenantContext;

import java.util.Objects;
import java.util.Optional;

/** Reads a range of a blob, one piece at a time. */
final class PostgresBlobReader implements BlobReader {
    private final Tenants tenants;
    private final TenantContext tenant;
    private final long blob;
    private long position;
    private long rest;
    private byte[] piece = new byte[0];
    private int taken;

    PostgresBlobReader(Tenants tenants, TenantContext tenant, long blob, long offset, long length) {
        this.tenants = tenants;
        this.tenant = tenant;
        this.blob = blob;
        position = offset;
        rest = length;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (taken == piece.length) {
            if (rest == 0) {
                return -1;
            }
            fetch();
        }
        int read = Math.min(length, piece.length - taken);
        System.arraycopy(piece, taken, buffer, offset, read);
        taken += read;
        return read;
    }

    /** What the range has of the piece in which it goes on. */
    private void fetch() {
        int from = (int) (position % PostgresBlobStore.CHUNK);
        int wanted = (int) Math.min(rest, PostgresBlobStore.CHUNK - from);
        Optional<byte[]> found =
                tenants.read(
                        tenant,
                        Optional::empty,
                        (session, number) ->
                                session.first(
                                        row -> row.getBytes(1),
                                        "SELECT substr(bytes, ?, ?) FROM blob_chunks"
                                                + " WHERE tenant = ? AND blob = ? AND place = ?",
                                        from + 1,
                                        wanted,
                                        number,
                                        blob,
                                        position / PostgresBlobStore.CHUNK));
        piece =
                found.filter(bytes -> bytes.length == wanted)
                        .orElseThrow(
                                () ->
                                        new StorageException.Corrupt(
                                                "the file lacks bytes that it had", null));
        taken = 0;
        position += wanted;
        rest -= wanted;
    }

    @Override
    public void close() {
        rest = 0;
        piece = new byte[0];
        taken = 0;
    }
}
