package dev.andiron.spi.resource;

import dev.andiron.spi.tenant.TenantContext;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The current resources of a backend, and the one way to change them. Three methods are enough; the
 * others have defaults on top of them. Safe for use by many threads at once. Every method may throw
 * {@link dev.andiron.spi.StorageException}.
 */
public interface ResourceStore {

    /**
     * The current version, which is a deleted one after a delete.
     *
     * @return empty if the resource never existed (or was purged)
     */
    Optional<StoredResource> read(TenantContext tenant, ResourceKey key);

    /**
     * Walks through the live resources in the order of their keys. A resource that lives during the
     * whole walk, untouched, is seen exactly once; others may or may not be seen.
     */
    ResourceCursor scan(TenantContext tenant, ScanRequest request);

    /**
     * Applies a commit. On return it is durable and visible to every later call; on any exception
     * nothing has changed, unless {@link
     * dev.andiron.spi.StorageException.Unavailable#outcomeUnknown()} says otherwise.
     *
     * @throws dev.andiron.spi.StorageException.VersionConflict if a mutation's version does not
     *     follow the current one
     * @throws dev.andiron.spi.StorageException.PreconditionFailed if a precondition does not hold
     */
    CommitResult commit(TenantContext tenant, Commit commit);

    /**
     * The current versions of several resources, deleted ones included, in no particular order;
     * those that never existed are left out.
     */
    default List<StoredResource> readMany(TenantContext tenant, Collection<ResourceKey> keys) {
        var found = new ArrayList<StoredResource>(keys.size());
        for (ResourceKey key : keys) {
            read(tenant, key).ifPresent(found::add);
        }
        return found;
    }

    /** The facts of the current version, which a store may give without reading its content. */
    default Optional<ResourceHead> head(TenantContext tenant, ResourceKey key) {
        return read(tenant, key).map(ResourceHead::of);
    }

    /**
     * The facts of the current versions of several resources; those that never existed are left
     * out.
     */
    default List<ResourceHead> heads(TenantContext tenant, Collection<ResourceKey> keys) {
        var found = new ArrayList<ResourceHead>(keys.size());
        for (ResourceKey key : keys) {
            head(tenant, key).ifPresent(found::add);
        }
        return found;
    }

    /**
     * How many live resources there are.
     *
     * @param type of this type, or of all when empty
     * @return the number, or empty if the store cannot tell without walking through them
     */
    default OptionalLong count(TenantContext tenant, Optional<String> type) {
        return OptionalLong.empty();
    }
}
