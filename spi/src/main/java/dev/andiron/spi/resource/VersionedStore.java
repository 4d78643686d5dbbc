package dev.andiron.spi.resource;

import dev.andiron.spi.tenant.TenantContext;

import java.util.List;
import java.util.Optional;

/**
 * Reads of earlier versions (FHIR: vread). Every version that was ever committed stays readable,
 * also after a later delete, until it is purged. Safe for use by many threads at once.
 */
public interface VersionedStore {

    /** One version, deleted or not; empty if there is no such version. */
    Optional<StoredResource> readVersion(TenantContext tenant, ResourceKey key, long version);

    /**
     * The facts of a resource's versions, ascending.
     *
     * @param after only versions greater than this one; 0 starts at the first
     * @param limit how many at most, from 1
     */
    List<ResourceHead> versions(TenantContext tenant, ResourceKey key, long after, int limit);
}
