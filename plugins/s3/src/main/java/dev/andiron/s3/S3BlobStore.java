package dev.andiron.s3;

import dev.andiron.spi.blob.Blob;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.blob.BlobReader;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.blob.BlobWriter;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.tenant.TenantContext;

import software.amazon.awssdk.services.s3.presigner.S3Presigner;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Files as objects: each appears whole, by the request that ends its upload. */
final class S3BlobStore implements BlobStore, AutoCloseable {
    /** How long a signed URL may work at most. */
    private static final Duration LONGEST = Duration.ofDays(7);

    private static final int PAGE = 1000;

    private final ObjectStore objects;
    private final BlobUploads uploads;
    private final S3Presigner presigner;

    S3BlobStore(ObjectStore objects, S3Options options) {
        this.objects = objects;
        uploads = new BlobUploads(objects);
        presigner = Clients.presigner(options);
    }

    private static String key(TenantContext tenant, BlobName name) {
        return Keys.blobs(tenant.tenant(), name.job()) + name.part();
    }

    @Override
    public BlobWriter write(TenantContext tenant, BlobName name) {
        return new S3BlobWriter(uploads, key(tenant, name));
    }

    @Override
    public Optional<Blob> find(TenantContext tenant, BlobName name) {
        return uploads.size(key(tenant, name)).map(size -> new Blob(name, size));
    }

    @Override
    public Optional<BlobReader> read(
            TenantContext tenant, BlobName name, long offset, long length) {
        Optional<Blob> found = find(tenant, name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        long size = found.get().size();
        if (offset < 0 || length < 0 || offset > size || length > size - offset) {
            throw new IllegalArgumentException("the range is not within the file");
        }
        return Optional.of(new S3BlobReader(objects, key(tenant, name), offset, length));
    }

    @Override
    public List<Blob> list(TenantContext tenant, JobId job, String after, int limit) {
        String folder = Keys.blobs(tenant.tenant(), job);
        return objects.list(folder, after.isEmpty() ? "" : folder + after, limit).stream()
                .map(
                        each ->
                                new Blob(
                                        new BlobName(job, each.key().substring(folder.length())),
                                        each.size()))
                .toList();
    }

    @Override
    public void delete(TenantContext tenant, JobId job) {
        String folder = Keys.blobs(tenant.tenant(), job);
        uploads.abortAll(folder);
        while (true) {
            List<String> keys =
                    objects.list(folder, "", PAGE).stream().map(ObjectStore.Listed::key).toList();
            if (keys.isEmpty()) {
                return;
            }
            objects.delete(keys);
        }
    }

    @Override
    public Optional<URI> signedUrl(TenantContext tenant, BlobName name, Duration validity) {
        if (validity.compareTo(LONGEST) > 0 || find(tenant, name).isEmpty()) {
            return Optional.empty();
        }
        var signed =
                presigner.presignGetObject(
                        request ->
                                request.signatureDuration(validity)
                                        .getObjectRequest(
                                                get ->
                                                        get.bucket(
                                                                        objects.bucket(
                                                                                key(tenant, name)))
                                                                .key(
                                                                        objects.full(
                                                                                key(
                                                                                        tenant,
                                                                                        name)))));
        return Optional.of(URI.create(signed.url().toString()));
    }

    @Override
    public void close() {
        presigner.close();
    }
}
