package dev.andiron.s3;

import dev.andiron.spi.Backend;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.metric.MeterName;
import dev.andiron.spi.metric.Meters;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.tenant.TenantContext;

import java.time.InstantSource;
import java.util.Optional;

/** One node's view of a bucket. */
final class S3Backend implements Backend {
    private final ObjectStore objects;
    private final Tenants tenants;
    private final GarbageCollector garbage;
    private final S3ResourceStore resources;
    private final S3VersionedStore versions;
    private final S3HistoryStore history;
    private final S3ChangeFeed changes;
    private final S3JobStore jobs;
    private final S3BlobStore blobs;

    /** A backend on objects that are known to be kept well. */
    S3Backend(
            ObjectStore objects,
            S3Options options,
            InstantSource clock,
            IndexShape shape,
            Meters meters) {
        this.objects = objects;
        var cache = new ContentCache(options.cacheSize());
        var contents = new ContentReader(objects, cache);
        var index = new IndexCache(options.indexSize());
        meters.gauge(
                MeterName.of("s3.index.bytes", "Memory that holds pages of indexes, estimated"),
                index::size);
        tenants = new Tenants(objects, cache, index, shape, options.shared());
        var eraser = new Eraser(objects);
        garbage = new GarbageCollector(objects, tenants, eraser);
        resources = new S3ResourceStore(tenants, contents, eraser);
        versions = new S3VersionedStore(tenants, contents);
        history = new S3HistoryStore(tenants, contents);
        changes = new S3ChangeFeed(tenants, contents, objects);
        jobs = new S3JobStore(objects, clock);
        blobs = new S3BlobStore(objects, options);
    }

    /** Connects, and makes sure that the object store keeps what this plugin relies on. */
    static S3Backend open(S3Options options, InstantSource clock, Meters meters) {
        var objects = new ObjectStore(Clients.of(options, new RequestMeters(meters)), options);
        try {
            ConditionalWriteCheck.run(objects);
            var backend = new S3Backend(objects, options, clock, IndexShape.STANDARD, meters);
            backend.garbage.start();
            return backend;
        } catch (RuntimeException e) {
            objects.close();
            throw e;
        }
    }

    @Override
    public Optional<ResourceStore> resources() {
        return Optional.of(resources);
    }

    @Override
    public Optional<VersionedStore> versions() {
        return Optional.of(versions);
    }

    @Override
    public Optional<HistoryStore> history() {
        return Optional.of(history);
    }

    @Override
    public Optional<ChangeFeed> changes() {
        return Optional.of(changes);
    }

    @Override
    public Optional<JobStore> jobs() {
        return Optional.of(jobs);
    }

    @Override
    public Optional<BlobStore> blobs() {
        return Optional.of(blobs);
    }

    GarbageCollector garbage() {
        return garbage;
    }

    TenantLog log(TenantContext tenant) {
        return tenants.of(tenant).log();
    }

    @Override
    public void close() {
        garbage.close();
        blobs.close();
        objects.close();
    }
}
