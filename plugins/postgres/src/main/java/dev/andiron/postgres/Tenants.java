package dev.andiron.postgres;

import dev.andiron.postgres.Database.Work;
import dev.andiron.spi.tenant.TenantContext;

import java.sql.SQLException;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Lends sessions that see one tenant. Safe for use by many threads. */
final class Tenants {
    private final Database database;
    private final Numbers numbers;

    /** What is done with a tenant's session. */
    @FunctionalInterface
    interface TenantWork<T> {
        T run(Session session, int tenant) throws SQLException;
    }

    Tenants(Database database, Numbers numbers) {
        this.database = database;
        this.numbers = numbers;
    }

    Database database() {
        return database;
    }

    Numbers numbers() {
        return numbers;
    }

    /** Reads, or gives the other value when nothing was ever written for the tenant. */
    <T> T read(TenantContext tenant, Supplier<T> ofNothing, TenantWork<T> work) {
        OptionalInt number = find(tenant.tenant().value());
        if (number.isEmpty()) {
            return ofNothing.get();
        }
        int found = number.getAsInt();
        return database.repeatably(found, session -> work.run(session, found));
    }

    private OptionalInt find(String tenant) {
        OptionalInt known = numbers.known(new Name.Tenant(tenant));
        return known.isPresent()
                ? known
                : database.administer(session -> numbers.find(session, new Name.Tenant(tenant)));
    }

    /** The tenant's number, which is made if it has none. */
    int ensure(TenantContext tenant) {
        String name = tenant.tenant().value();
        OptionalInt known = numbers.known(new Name.Tenant(name));
        return known.isPresent()
                ? known.getAsInt()
                : database.administer(session -> numbers.ensureTenant(session, name));
    }

    /** For work that is done once, and whose errors the caller wants to see. */
    <T> T once(int tenant, Work<T> work) throws SQLException {
        return database.once(tenant, work);
    }
}
