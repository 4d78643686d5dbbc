package dev.andiron.spi.tenant;

import dev.andiron.spi.StorageException;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * Whose data a call is about, and what the caller may do with it. The first parameter of every
 * call, never ambient.
 *
 * @param tenant the tenant
 * @param permissions what the caller may do; the kernel has checked them before a backend is called
 */
public record TenantContext(TenantId tenant, Set<Permission> permissions) {

    public TenantContext {
        permissions =
                permissions.isEmpty()
                        ? Set.of()
                        : Collections.unmodifiableSet(EnumSet.copyOf(permissions));
    }

    /** A caller who may do everything. */
    public static TenantContext of(TenantId tenant) {
        return new TenantContext(tenant, EnumSet.allOf(Permission.class));
    }

    /** Refuses unless the permission is held. */
    public void require(Permission permission) {
        if (!permissions.contains(permission)) {
            throw new StorageException.NotPermitted(
                    "this needs the permission " + permission + " for tenant " + tenant);
        }
    }
}
