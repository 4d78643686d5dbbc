package dev.andiron.kernel.routing;

import dev.andiron.spi.blob.Blob;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.blob.BlobReader;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.blob.BlobWriter;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.tenant.Permission;
import dev.andiron.spi.tenant.TenantContext;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A blob store behind the caller's permissions; output is made of what the caller may read. */
record CheckedBlobStore(BlobStore store) implements BlobStore {

    @Override
    public BlobWriter write(TenantContext tenant, BlobName name) {
        tenant.require(Permission.READ);
        return store.write(tenant, name);
    }

    @Override
    public Optional<Blob> find(TenantContext tenant, BlobName name) {
        tenant.require(Permission.READ);
        return store.find(tenant, name);
    }

    @Override
    public Optional<BlobReader> read(
            TenantContext tenant, BlobName name, long offset, long length) {
        tenant.require(Permission.READ);
        return store.read(tenant, name, offset, length);
    }

    @Override
    public List<Blob> list(TenantContext tenant, JobId job, String after, int limit) {
        tenant.require(Permission.READ);
        return store.list(tenant, job, after, limit);
    }

    @Override
    public void delete(TenantContext tenant, JobId job) {
        tenant.require(Permission.READ);
        store.delete(tenant, job);
    }

    @Override
    public Optional<URI> signedUrl(TenantContext tenant, BlobName name, Duration validity) {
        tenant.require(Permission.READ);
        return store.signedUrl(tenant, name, validity);
    }
}
