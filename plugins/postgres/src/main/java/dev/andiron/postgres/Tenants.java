package dev.andiron.postgres;

import dev.andiron.spi.tenant.TenantContext;

import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Knows the place of each tenant, and lends sessions there. The directory of tenants gives each a
 * number, which stands for it in every key. Safe for use by many threads.
 */
final class Tenants {
    /** Beyond this it starts anew, so that tenants without end do not fill the memory. */
    private static final int MOST = 100_000;

    private static final String FIND = "SELECT id FROM tenants WHERE name = ?";

    private final Tables directory;
    private final Places places;
    private final Numbers numbers;
    private final Map<String, Place> known = new ConcurrentHashMap<>();

    /** What is done with a tenant's session. */
    @FunctionalInterface
    interface TenantWork<T> {
        T run(Session session, int tenant) throws SQLException;
    }

    Tenants(Tables directory, Places places, Numbers numbers) {
        this.directory = directory;
        this.places = places;
        this.numbers = numbers;
    }

    /** Where the directory of tenants is. */
    Tables directory() {
        return directory;
    }

    Numbers numbers() {
        return numbers;
    }

    /** Reads, or gives the other value when nothing was ever written for the tenant. */
    <T> T read(TenantContext tenant, Supplier<T> ofNothing, TenantWork<T> work) {
        Optional<Place> place = find(tenant);
        if (place.isEmpty()) {
            return ofNothing.get();
        }
        int number = place.get().number();
        return place.get().repeatably(session -> work.run(session, number));
    }

    /** The tenant's place, if it has one. */
    Optional<Place> find(TenantContext tenant) {
        String name = tenant.tenant().value();
        Place place = known.get(name);
        if (place != null) {
            return Optional.of(place);
        }
        OptionalLong number =
                directory.repeatably(Scope.of(tenant), session -> session.number(FIND, name));
        return number.isEmpty()
                ? Optional.empty()
                : Optional.of(know(name, places.open(name, (int) number.getAsLong())));
    }

    /** The tenant's place, which is made if it has none. */
    Place ensure(TenantContext tenant) {
        return find(tenant).orElseGet(() -> make(tenant));
    }

    private Place make(TenantContext tenant) {
        String name = tenant.tenant().value();
        places.make(name);
        // A tenant with a place of its own counts as one that has changes from then on: the commit
        // that follows cannot say so, because it happens elsewhere.
        long number =
                directory.repeatably(
                        Scope.of(tenant),
                        session -> {
                            session.update(
                                    "INSERT INTO tenants (name, active) VALUES (?, ?)"
                                            + " ON CONFLICT (name) DO NOTHING",
                                    name,
                                    places.areMade());
                            return session.number(FIND, name).orElseThrow();
                        });
        return know(name, places.open(name, (int) number));
    }

    private Place know(String name, Place place) {
        if (known.size() >= MOST) {
            known.clear();
        }
        known.put(name, place);
        return place;
    }
}
