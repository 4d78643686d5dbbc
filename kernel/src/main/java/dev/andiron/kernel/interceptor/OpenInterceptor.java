package dev.andiron.kernel.interceptor;

import dev.andiron.spi.interceptor.Interceptor;
import dev.andiron.spi.tenant.TenantId;

import java.util.Set;

/**
 * One opened interceptor.
 *
 * @param name its configured name
 * @param tenants for whom it runs; empty means for all
 * @param interceptor the guarded interceptor
 */
public record OpenInterceptor(String name, Set<TenantId> tenants, Interceptor interceptor) {

    boolean runsFor(TenantId tenant) {
        return tenants.isEmpty() || tenants.contains(tenant);
    }
}
