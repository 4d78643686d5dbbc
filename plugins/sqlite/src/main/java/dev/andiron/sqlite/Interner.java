package dev.andiron.sqlite;

import dev.andiron.sql.Facet;
import dev.andiron.sqlite.Numbers.Name;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Gives numbers to names within a write transaction. Others learn of them when the transaction has
 * been committed. What rows are full of is found by the hash of one string. For the writer's
 * thread.
 */
final class Interner {
    private static final int FACETS = Facet.values().length;

    /** Beyond these it starts anew. */
    private static final int MOST_NAMES = 20_000;

    private static final int MOST_KINDS = 500;

    private final Session session;
    private final Numbers committed;
    private final Map<Name, Long> pending = new HashMap<>();
    private final Map<String, Long> plain = new HashMap<>();
    private final Map<String, Long> kinds = new HashMap<>();
    private final Map<Long, Parameters> parameters = new HashMap<>();
    private long tenantOfKinds;

    /** The numbers of the parameters of a kind. */
    final class Parameters {
        private final long kind;
        private final Map<String, long[]> byCode = new HashMap<>();

        private Parameters(long kind) {
            this.kind = kind;
        }

        /** The number of a parameter, which it gets now if it has none yet. */
        long number(String code, Facet facet) throws SQLException {
            long[] numbers = byCode.computeIfAbsent(code, _ -> new long[FACETS]);
            long number = numbers[facet.ordinal()];
            if (number == 0) {
                number = intern(new Name.Parameter(kind, code, facet));
                numbers[facet.ordinal()] = number;
            }
            return number;
        }
    }

    Interner(Session session, Numbers committed) {
        this.session = session;
        this.committed = committed;
    }

    OptionalLong find(Name name) throws SQLException {
        Long number = pending.isEmpty() ? null : pending.get(name);
        if (number == null) {
            number = committed.get(name).orElse(null);
        }
        if (number != null) {
            return OptionalLong.of(number);
        }
        var read = NameReader.read(session, name);
        read.ifPresent(found -> pending.put(name, found));
        return read;
    }

    long intern(Name name) throws SQLException {
        var found = find(name);
        if (found.isPresent()) {
            return found.getAsLong();
        }
        NameReader.insert(session, name);
        long number = NameReader.read(session, name).orElseThrow();
        pending.put(name, number);
        return number;
    }

    /** The number of a system, unit, display or URI; 0 for none. */
    long name(String value) throws SQLException {
        if (value.isEmpty()) {
            return 0;
        }
        Long number = plain.get(value);
        if (number == null) {
            number = intern(new Name.Plain(value));
            if (plain.size() >= MOST_NAMES) {
                plain.clear();
            }
            plain.put(value, number);
        }
        return number;
    }

    /** The number of a resource type of a tenant. */
    long kind(long tenant, String type) throws SQLException {
        if (tenant != tenantOfKinds) {
            kinds.clear();
            tenantOfKinds = tenant;
        }
        Long number = kinds.get(type);
        if (number == null) {
            number = intern(new Name.KindOf(tenant, type));
            kinds.put(type, number);
        }
        return number;
    }

    /** The numbers of the parameters of a kind; valid until the end of the transaction. */
    Parameters parameters(long kind) {
        Parameters known = parameters.get(kind);
        if (known == null) {
            if (parameters.size() >= MOST_KINDS) {
                parameters.clear();
            }
            known = new Parameters(kind);
            parameters.put(kind, known);
        }
        return known;
    }

    void committed() {
        committed.putAll(pending);
        pending.clear();
    }

    void rolledBack() {
        pending.clear();
        plain.clear();
        kinds.clear();
        parameters.clear();
    }
}
