package dev.andiron.s3;

import dev.andiron.spi.Backend;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.VersionedStore;

import java.util.Optional;

/** One node's view of a bucket. */
final class S3Backend implements Backend {
    private final ObjectStore objects;
    private final S3ResourceStore resources;
    private final S3VersionedStore versions;
    private final S3HistoryStore history;
    private final S3ChangeFeed changes;

    /** A backend on objects that are known to be kept well. */
    S3Backend(ObjectStore objects, S3Options options) {
        this.objects = objects;
        var cache = new ContentCache(options.cacheSize());
        var contents = new ContentReader(objects, cache);
        var tenants = new Tenants(objects, cache, options.shared());
        resources = new S3ResourceStore(tenants, contents);
        versions = new S3VersionedStore(tenants, contents);
        history = new S3HistoryStore(tenants, contents);
        changes = new S3ChangeFeed(tenants, contents, objects);
    }

    /** Connects, and makes sure that the object store keeps what this plugin relies on. */
    static S3Backend open(S3Options options) {
        var objects = new ObjectStore(Clients.of(options), options);
        try {
            ConditionalWriteCheck.run(objects);
            return new S3Backend(objects, options);
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
    public void close() {
        objects.close();
    }
}
