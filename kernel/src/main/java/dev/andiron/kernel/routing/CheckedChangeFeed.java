package dev.andiron.kernel.routing;

import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.tenant.Permission;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.util.List;

/** A change feed behind the caller's permissions. */
record CheckedChangeFeed(ChangeFeed feed) implements ChangeFeed {

    @Override
    public List<Change> changes(TenantContext tenant, long after, int limit) {
        tenant.require(Permission.READ);
        return feed.changes(tenant, after, limit);
    }

    @Override
    public long last(TenantContext tenant) {
        tenant.require(Permission.READ);
        return feed.last(tenant);
    }

    @Override
    public List<TenantId> tenants(String after, int limit) {
        return feed.tenants(after, limit);
    }
}
