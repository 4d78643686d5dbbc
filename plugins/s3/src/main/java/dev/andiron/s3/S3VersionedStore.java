package dev.andiron.s3;

import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.tenant.TenantContext;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Earlier versions. */
final class S3VersionedStore implements VersionedStore {
    private final Tenants tenants;
    private final ContentReader contents;

    S3VersionedStore(Tenants tenants, ContentReader contents) {
        this.tenants = tenants;
        this.contents = contents;
    }

    @Override
    public Optional<StoredResource> readVersion(
            TenantContext tenant, ResourceKey key, long version) {
        return tenants.of(tenant)
                .log()
                .latest()
                .versions(key)
                .filter(record -> record.version() == version)
                .findFirst()
                .flatMap(contents::resource);
    }

    @Override
    public List<ResourceHead> versions(
            TenantContext tenant, ResourceKey key, long after, int limit) {
        return tenants.of(tenant)
                .log()
                .latest()
                .versions(key)
                .takeWhile(record -> record.version() > after)
                .sorted(Comparator.comparingLong(LogRecord::version))
                .limit(limit)
                .map(LogRecord::head)
                .toList();
    }
}
