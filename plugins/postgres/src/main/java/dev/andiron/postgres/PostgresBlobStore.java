package dev.andiron.postgres;

import dev.andiron.spi.blob.Blob;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.blob.BlobReader;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.blob.BlobWriter;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.tenant.TenantContext;

import java.util.List;
import java.util.Optional;

/**
 * Blobs as rows of pieces, which any node can read. No connection is held between two pieces,
 * however slow the writer or the reader is.
 */
final class PostgresBlobStore implements BlobStore {
    /** Bytes of a piece; never changes, because ranges are computed by it. */
    static final int CHUNK = 1 << 18;

    /** How many pieces one statement deletes, so that none takes long. */
    private static final int DELETED_AT_ONCE = 128;

    private final Tenants tenants;

    PostgresBlobStore(Tenants tenants) {
        this.tenants = tenants;
    }

    @Override
    public BlobWriter write(TenantContext tenant, BlobName name) {
        return new PostgresBlobWriter(tenants.ensure(tenant), name);
    }

    @Override
    public Optional<Blob> find(TenantContext tenant, BlobName name) {
        return stored(tenant, name).map(stored -> new Blob(name, stored.size()));
    }

    private record Stored(long id, long size) {}

    private Optional<Stored> stored(TenantContext tenant, BlobName name) {
        return tenants.read(
                tenant,
                Optional::empty,
                (session, number) ->
                        session.first(
                                row -> new Stored(row.getLong(1), row.getLong(2)),
                                "SELECT id, size FROM blobs"
                                        + " WHERE tenant = ? AND job = ? AND part = ?",
                                number,
                                name.job().value(),
                                name.part()));
    }

    @Override
    public Optional<BlobReader> read(
            TenantContext tenant, BlobName name, long offset, long length) {
        Optional<Stored> stored = stored(tenant, name);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        long size = stored.get().size();
        if (offset < 0 || offset > size || length < 0 || length > size - offset) {
            throw new IllegalArgumentException("the range is not within the blob");
        }
        return Optional.of(
                new PostgresBlobReader(tenants, tenant, stored.get().id(), offset, length));
    }

    @Override
    public List<Blob> list(TenantContext tenant, JobId job, String after, int limit) {
        return tenants.read(
                tenant,
                List::of,
                (session, number) ->
                        session.list(
                                row ->
                                        new Blob(
                                                new BlobName(job, row.getString(1)),
                                                row.getLong(2)),
                                "SELECT part, size FROM blobs WHERE tenant = ? AND job = ?"
                                        + " AND part > ? ORDER BY part LIMIT ?",
                                number,
                                job.value(),
                                after,
                                limit));
    }

    /** They disappear at once; their bytes go some at a time. May be repeated from any point. */
    @Override
    public void delete(TenantContext tenant, JobId job) {
        int gone =
                tenants.read(
                        tenant,
                        () -> 0,
                        (session, number) ->
                                session.update(
                                        "UPDATE blobs SET part = NULL, size = -1"
                                                + " WHERE tenant = ? AND job = ?",
                                        number,
                                        job.value()));
        if (gone > 0) {
            while (deleteChunks(tenant, job) == DELETED_AT_ONCE) {
                // There may be more.
            }
            tenants.read(
                    tenant,
                    () -> 0,
                    (session, number) ->
                            session.update(
                                    "DELETE FROM blobs WHERE tenant = ? AND job = ? AND size = -1",
                                    number,
                                    job.value()));
        }
    }

    private int deleteChunks(TenantContext tenant, JobId job) {
        return tenants.read(
                tenant,
                () -> 0,
                (session, number) ->
                        session.update(
                                "DELETE FROM blob_chunks c USING (SELECT k.blob, k.place FROM blobs"
                                    + " b JOIN blob_chunks k ON k.tenant = b.tenant AND k.blob ="
                                    + " b.id WHERE b.tenant = ? AND b.job = ? AND b.size = -1 LIMIT"
                                    + " ?) d WHERE c.tenant = ? AND c.blob = d.blob AND c.place ="
                                    + " d.place",
                                number,
                                job.value(),
                                DELETED_AT_ONCE,
                                number));
    }
}
