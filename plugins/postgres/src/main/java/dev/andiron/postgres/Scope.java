package dev.andiron.postgres;

import dev.andiron.spi.tenant.TenantContext;

/**
 * Whose rows a session sees, which row-level security holds it to, whatever its statements ask for.
 *
 * @param tenant the tenant's name, for jobs and the directory of tenants; empty for nobody's
 * @param number the tenant's number, for everything else; 0 for nobody's
 */
record Scope(String tenant, int number) {
    /** Nobody's rows. */
    static final Scope NOBODY = new Scope("", 0);

    /**
     * The jobs of all tenants and the directory of tenants, but no resources. No tenant has the
     * name.
     */
    static final Scope EVERYBODY = new Scope("*", 0);

    /** The jobs of a tenant, and its place in the directory. */
    static Scope of(TenantContext tenant) {
        return new Scope(tenant.tenant().value(), 0);
    }
}
