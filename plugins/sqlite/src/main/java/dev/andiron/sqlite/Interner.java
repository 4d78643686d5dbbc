package dev.andiron.sqlite;

import dev.andiron.sqlite.Numbers.Name;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Gives numbers to names within a write transaction. Others learn of them when the transaction has
 * been committed. For the writer's thread.
 */
final class Interner {
    private final Session session;
    private final Numbers committed;
    private final Map<Name, Long> pending = new HashMap<>();

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

    void committed() {
        committed.putAll(pending);
        pending.clear();
    }

    void rolledBack() {
        pending.clear();
    }
}
