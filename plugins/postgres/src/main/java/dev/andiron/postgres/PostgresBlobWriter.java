package dev.andiron.postgres;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.blob.BlobWriter;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalLong;

/** Writes the pieces of a blob, each when it is full, and its name at the end. */
final class PostgresBlobWriter implements BlobWriter {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Place tenantPlace;
    private final int tenant;
    private final BlobName name;
    private final byte[] chunk = new byte[PostgresBlobStore.CHUNK];
    private OptionalLong id = OptionalLong.empty();
    private long place;
    private long written;
    private int filled;
    private boolean ended;

    PostgresBlobWriter(Place tenantPlace, BlobName name) {
        this.tenantPlace = tenantPlace;
        tenant = tenantPlace.number();
        this.name = name;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        requireOpen();
        int from = offset;
        int rest = length;
        while (rest > 0) {
            int part = Math.min(rest, chunk.length - filled);
            System.arraycopy(bytes, from, chunk, filled, part);
            filled += part;
            written += part;
            from += part;
            rest -= part;
            if (filled == chunk.length) {
                flush();
            }
        }
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("the blob is finished or closed");
        }
    }

    private void flush() {
        byte[] bytes = Arrays.copyOf(chunk, filled);
        long blob = id();
        // Repeated after a lost connection, it finds its own row.
        change(
                session ->
                        session.update(
                                "INSERT INTO blob_chunks (tenant, blob, place, bytes)"
                                        + " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                                tenant,
                                blob,
                                place,
                                bytes));
        place++;
        filled = 0;
    }

    private long id() {
        if (id.isEmpty()) {
            // Repeated after a lost connection, it may leave a row that goes with the job's blobs.
            id =
                    tenantPlace.repeatably(
                            session ->
                                    session.number(
                                            "INSERT INTO blobs (tenant, job) VALUES (?, ?)"
                                                    + " RETURNING id",
                                            tenant,
                                            name.job().value()));
        }
        return id.orElseThrow();
    }

    private <T> T change(Database.Work<T> work) {
        return tenantPlace.repeatably(
                session -> {
                    try {
                        return work.run(session);
                    } catch (SQLException e) {
                        if (PostgresErrors.isMissingReference(e)) {
                            throw deleted(e);
                        }
                        throw e;
                    }
                });
    }

    private static StorageException deleted(SQLException cause) {
        return new StorageException.Unavailable(
                "the job's files were deleted while one was being written", SOON, cause);
    }

    @Override
    public boolean finish() {
        requireOpen();
        ended = true;
        if (filled > 0) {
            flush();
        }
        long blob = id();
        long size = written;
        boolean first =
                change(
                        session -> {
                            try {
                                return name(session, blob, size);
                            } catch (SQLException e) {
                                if (PostgresErrors.isDuplicate(e)) {
                                    return false;
                                }
                                throw e;
                            }
                        });
        if (!first) {
            drop(blob);
        }
        return first;
    }

    private boolean name(Session session, long blob, long size) throws SQLException {
        int named =
                session.update(
                        "UPDATE blobs SET part = ?, size = ?"
                                + " WHERE tenant = ? AND id = ? AND size >= 0",
                        name.part(),
                        size,
                        tenant,
                        blob);
        if (named == 0) {
            throw deleted(null);
        }
        return true;
    }

    private void drop(long blob) {
        tenantPlace.repeatably(
                session ->
                        session.update(
                                "DELETE FROM blobs WHERE tenant = ? AND id = ? AND part IS NULL",
                                tenant,
                                blob));
    }

    @Override
    public void close() {
        boolean open = !ended;
        ended = true;
        if (open && id.isPresent()) {
            drop(id.getAsLong());
        }
    }
}
