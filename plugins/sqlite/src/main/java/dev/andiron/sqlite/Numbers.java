package dev.andiron.sqlite;

import dev.andiron.sql.Facet;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The numbers of names that have been seen committed, by name. A number never changes and never
 * goes away, so what is in here is always right; what is not may still be in the database. Safe for
 * use by many threads.
 */
final class Numbers {
    /** Beyond this it starts anew, so that names without end do not fill the memory. */
    private static final int MOST = 100_000;

    private final Map<Name, Long> known = new ConcurrentHashMap<>();

    /** What has a number. */
    sealed interface Name {
        record Tenant(String name) implements Name {}

        record KindOf(long tenant, String type) implements Name {}

        record Parameter(long kind, String code, Facet facet) implements Name {}

        record Plain(String value) implements Name {}

        /** What a token is looked up by. */
        record Term(long parameter, String code) implements Name {}
    }

    Optional<Long> get(Name name) {
        return Optional.ofNullable(known.get(name));
    }

    void put(Name name, long number) {
        if (known.size() >= MOST) {
            known.clear();
        }
        known.put(name, number);
    }

    void putAll(Map<Name, Long> more) {
        more.forEach(this::put);
    }
}
